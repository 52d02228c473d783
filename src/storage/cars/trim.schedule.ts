import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Schedules } from '../../platform/queue/index.js';
import { TrimRuns } from './trim-runs.js';

/** What a deletion left too wide is late by this at most. */
const LOOK_MS = 10_000;

/** In the worker of each node. */
@Injectable()
export class TrimSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly trimRuns: TrimRuns,
  ) {}

  onModuleInit(): void {
    this.schedules.every('storage.trim-runs', LOOK_MS, (signal) => this.trimRuns.run(signal));
  }
}
