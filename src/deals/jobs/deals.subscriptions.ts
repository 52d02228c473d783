import { Injectable, type OnModuleInit } from '@nestjs/common';
import { carGone, carSealed } from '../../storage/index.js';
import { contentStored } from '../../content/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { type Handlers, JobRunner, Processor, processorOptions, RoomProcessor } from '../../platform/queue/index.js';
import { carId } from '../../shared/index.js';
import { dealMoved, pieceCommitted } from '../domain/deals.events.js';
import { CommitPiece } from '../verbs/commit-piece.js';
import { PieceRegistry, PieceTerms } from '../verbs/piece-registry.js';
import { ReplicatePiece } from '../verbs/replicate-piece.js';
import { dealsQueue, PieceJobs, piecesQueue } from './deals.queues.js';

/** States of a deal after which its piece wants another. */
const WANTS_ANOTHER: ReadonlySet<string> = new Set(['failed', 'rejected', 'slashed', 'expiring', 'ended']);

/**
 * What this room does when something happens. All of it would happen without these too, one sweep later
 * (deals.schedule.ts).
 */
@Injectable()
export class DealsSubscriptions implements OnModuleInit {
  constructor(
    private readonly events: EventSubscribers,
    private readonly pieceJobs: PieceJobs,
    private readonly pieceRegistry: PieceRegistry,
    private readonly pieceTerms: PieceTerms,
  ) {}

  /**
   * Every handler may run twice for one event: registering, retiring and raising are idempotent, and jobs go by their
   * ids.
   */
  onModuleInit(): void {
    this.events.subscribe('deals.register-piece', carSealed, async ({ id, payload }) => {
      await this.pieceRegistry.register(payload);
      await this.pieceJobs.commit({ carId: payload.carId, due: `event${id}` });
    });
    this.events.subscribe('deals.retire-piece', carGone, ({ payload }) =>
      this.pieceRegistry.retire(carId(payload.carId)),
    );
    this.events.subscribeToMany('deals.honour-replication', contentStored, (events) =>
      this.pieceTerms.honourReplication(
        events.flatMap(({ payload }) => payload.contents.map(({ contentId }) => BigInt(contentId))),
      ),
    );
    this.events.subscribe('deals.replicate-committed', pieceCommitted, ({ id, payload }) =>
      this.pieceJobs.replicate({ carId: payload.carId, due: `event${id}` }),
    );
    this.events.subscribe('deals.replace-lost', dealMoved, async ({ id, payload }) => {
      if (WANTS_ANOTHER.has(payload.to)) await this.pieceJobs.replicate({ carId: payload.carId, due: `event${id}` });
    });
  }
}

/** A job of the queue `pieces`: commP of one piece. */
@Processor(piecesQueue.name, processorOptions(piecesQueue))
export class PiecesProcessor extends RoomProcessor<typeof piecesQueue.jobs> {
  readonly queue = piecesQueue;
  readonly handlers: Handlers<typeof piecesQueue.jobs> = {
    commit: (payload, signal) => this.commitPiece.run(carId(payload.carId), signal),
  };

  constructor(
    runner: JobRunner,
    private readonly commitPiece: CommitPiece,
  ) {
    super(runner);
  }
}

/** A job of the queue `deals`: the deals that one piece lacks. */
@Processor(dealsQueue.name, processorOptions(dealsQueue))
export class DealsProcessor extends RoomProcessor<typeof dealsQueue.jobs> {
  readonly queue = dealsQueue;
  readonly handlers: Handlers<typeof dealsQueue.jobs> = {
    replicate: (payload, signal) => this.replicatePiece.run(carId(payload.carId), signal),
  };

  constructor(
    runner: JobRunner,
    private readonly replicatePiece: ReplicatePiece,
  ) {
    super(runner);
  }
}
