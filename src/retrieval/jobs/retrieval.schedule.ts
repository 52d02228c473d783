import { rm } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { SweepRetrievals } from '../verbs/sweep-retrievals.js';

const SWEEP_MS = 1_000;

@Injectable()
export class RetrievalSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly sweep: SweepRetrievals,
    private readonly config: AppConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    // Half-fetched files of a worker that was killed.
    await rm(this.config.inData('retrieval'), { recursive: true, force: true });
    this.schedules.every('retrieval.sweep', SWEEP_MS, () => this.sweep.run());
  }
}
