/** The API answers HTTP; the worker runs jobs and schedules. */
export type ProcessRole = 'api' | 'worker';

/** Which process this is; 'cli' for commands, which leave no heartbeat. */
export class ProcessInfo {
  constructor(readonly role: ProcessRole | 'cli') {}
}
