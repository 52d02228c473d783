import { inspect } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import { AppConfig, ConfigError } from '../../config/index.js';
import { messageOf, StartImpossible, type Clock } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { WriterSession } from '../prisma/writer-session.js';
import { lockDataFolder } from './data-folder-lock.js';
import { NodeIdentity } from './node-identity.js';
import type { ProcessRole } from './process-info.js';
import { StartRefused } from './start-refused.js';
import type { WriterFence } from './writer-fence.js';

/** Whoever stops us (the launcher, Docker) waits 10 s at most. */
const CLOSE_DEADLINE_MS = 8_000;
/** sysexits.h: a configuration error. Starting the process again would change nothing. */
const WILL_NOT_START = 78;

/** What a process has in hand when it starts: its settings, and the proof that it alone writes for its node. */
export interface ProcessStart {
  config: AppConfig;
  fence: WriterFence;
  /** The database's time: one for all processes. */
  clock: Clock;
}

/**
 * The life of a server process: lock, start, run until it is told to end, close in order, within a deadline. It ends on
 * SIGTERM and SIGINT (a second one changes nothing), and when the launcher that holds our channel vanishes. Exit code 0
 * when it was told to end; 1 when it could not start, when another one took its place, or after an error that nobody
 * caught, which is logged first; 78 when it would not start the next time either (settings, a data folder that does not
 * fit its database).
 *
 * Before `start` is called, this process has the data folder (a lock of the kernel) and the name of its node in the
 * database (a lock of the session), both for its role and for life. A second process is refused with one sentence and
 * has touched nothing.
 */
export async function runProcess(
  role: ProcessRole,
  start: (given: ProcessStart) => Promise<INestApplicationContext>,
): Promise<void> {
  let app: INestApplicationContext | undefined;
  let writer: WriterSession | undefined;
  let ending = false;

  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code === 0 ? 0 : 1), CLOSE_DEADLINE_MS);
    try {
      await app?.close();
      await writer?.close();
    } catch (error) {
      complain(app, error, `${role} did not close cleanly`);
    }
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0));
  process.on('disconnect', () => void end(0));
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error) => {
      complain(app, error, `${role}: ${fault}`);
      void end(1);
    });
  }

  try {
    const config = AppConfig.fromProcess();
    // Never let go of by us: the kernel does it when the last thread of this process has ended, and not before.
    await lockDataFolder(config, role);
    writer = await WriterSession.take(config, new NodeIdentity(config).processName(role), {
      lost: (why) =>
        app?.get(AppLogger).error({ why }, 'the lock in the database is lost: nothing is stored until it is back'),
      regained: () => app?.get(AppLogger).warn({}, 'the lock in the database is back, and nobody had it meanwhile'),
      replaced: (message) => {
        complain(app, new StartRefused(message), role);
        void end(1);
      },
    });
    app = await start({ config, fence: writer, clock: writer.clock });
    for (const warning of app.get(AppConfig).warnings) app.get(AppLogger).warn({}, warning);
  } catch (error) {
    complain(undefined, error, `${role} cannot start`);
    process.exit(isFinal(error) ? WILL_NOT_START : 1);
  }
  // Asked to end while starting: nothing of that start must stay open.
  if (ending) await app.close().finally(() => process.exit(0));
}

/** What another start would meet again. */
function isFinal(error: unknown): boolean {
  return error instanceof ConfigError || error instanceof StartImpossible;
}

/** To the log, or to stderr as long as there is none; what people can act on without a stack. */
function complain(app: INestApplicationContext | undefined, error: unknown, message: string): void {
  const plain = isFinal(error) || error instanceof StartRefused;
  if (app) app.get(AppLogger).fatal(plain ? { error: messageOf(error) } : { err: error }, message);
  else process.stderr.write(`${message}: ${plain ? messageOf(error) : inspect(error)}\n`);
}
