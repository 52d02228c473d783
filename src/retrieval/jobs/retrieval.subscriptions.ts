import { rm } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import {
  type Handlers,
  JobRunner,
  Processor,
  processorOptions,
  RoomProcessor,
  Schedules,
} from '../../platform/queue/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { parseCid, retrievalId } from '../../shared/index.js';
import { dagDamaged } from '../../storage/index.js';
import { DagUnknown } from '../domain/retrieval.errors.js';
import { retrievalQueue } from './retrieval.queue.js';
import { Retrievals } from '../verbs/retrievals.js';
import { RetrieveDagFromMiner } from '../verbs/retrieve-dag-from-miner.js';

/** A retrieval that the queue forgot is late by this at most. */
const SWEEP_MS = 1_000;

/** Jobs of the queue `retrieval`. */
@Processor(retrievalQueue.name, processorOptions(retrievalQueue))
export class RetrievalProcessor extends RoomProcessor<typeof retrievalQueue.jobs> {
  readonly queue = retrievalQueue;
  readonly handlers: Handlers<typeof retrievalQueue.jobs> = {
    fetch: (payload, signal) => this.retrieveDagFromMiner.run(retrievalId(payload.retrievalId), signal),
  };

  constructor(
    runner: JobRunner,
    private readonly retrieveDagFromMiner: RetrieveDagFromMiner,
  ) {
    super(runner);
  }
}

/** What this room reacts to. */
@Injectable()
export class RetrievalSubscriptions implements OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly retrievals: Retrievals,
  ) {}

  onModuleInit(): void {
    // Some of its bytes here are damaged: a miner may have them. Storage asks again while that is so.
    this.subscribers.subscribe('retrieval.bring-back-damaged', dagDamaged, async ({ payload }) => {
      const root = parseCid(payload.root);
      if (root) await this.retrievals.request(root).catch(unlessUnknown);
    });
  }
}

/** Its last content was deleted meanwhile. */
function unlessUnknown(error: unknown): null {
  if (error instanceof DagUnknown) return null;
  throw error;
}

/** Each second, retrievals that no worker has leased go to the queue again. */
@Injectable()
export class RetrievalSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly retrievals: Retrievals,
    private readonly config: AppConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    // Half-fetched files of a worker that was killed.
    await rm(this.config.inData('retrieval'), { recursive: true, force: true });
    this.schedules.every('retrieval.sweep', SWEEP_MS, () => this.retrievals.sweep());
  }
}
