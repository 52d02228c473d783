import { type Handlers, JobRunner, Processor, processorOptions, RoomProcessor } from '../../platform/queue/index.js';
import { PinScheduler } from './pin-scheduler.js';
import { pinningQueue } from '../requests/pinning.queue.js';

@Processor(pinningQueue.name, processorOptions(pinningQueue))
export class PinningProcessor extends RoomProcessor<typeof pinningQueue.jobs> {
  readonly queue = pinningQueue;
  readonly handlers: Handlers<typeof pinningQueue.jobs> = {
    fetch: () => Promise.resolve(this.tend.wake()),
  };

  constructor(
    runner: JobRunner,
    private readonly tend: PinScheduler,
  ) {
    super(runner);
  }
}
