import { type Handlers, JobRunner, Processor, processorOptions, RoomProcessor } from '../../platform/queue/index.js';
import { carId } from '../../shared/index.js';
import { CommitPiece } from '../verbs/commit-piece.js';
import { ReplicatePiece } from '../verbs/replicate-piece.js';
import { dealsQueue, piecesQueue } from './deals.queues.js';

@Processor(piecesQueue.name, processorOptions(piecesQueue))
export class PiecesProcessor extends RoomProcessor<typeof piecesQueue.jobs> {
  readonly queue = piecesQueue;
  readonly handlers: Handlers<typeof piecesQueue.jobs> = {
    commit: (payload, signal) => this.commit.run(carId(payload.carId), signal),
  };

  constructor(
    runner: JobRunner,
    private readonly commit: CommitPiece,
  ) {
    super(runner);
  }
}

@Processor(dealsQueue.name, processorOptions(dealsQueue))
export class DealsProcessor extends RoomProcessor<typeof dealsQueue.jobs> {
  readonly queue = dealsQueue;
  readonly handlers: Handlers<typeof dealsQueue.jobs> = {
    replicate: (payload, signal) => this.replicate.run(carId(payload.carId), signal),
  };

  constructor(
    runner: JobRunner,
    private readonly replicate: ReplicatePiece,
  ) {
    super(runner);
  }
}
