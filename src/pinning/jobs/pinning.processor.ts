import { type Handlers, JobRunner, Processor, processorOptions, RoomProcessor } from '../../platform/queue/index.js';
import { FetchPin } from '../verbs/fetch-pin.js';
import { pinningQueue } from './pinning.queue.js';

@Processor(pinningQueue.name, processorOptions(pinningQueue))
export class PinningProcessor extends RoomProcessor<typeof pinningQueue.jobs> {
  readonly queue = pinningQueue;
  readonly handlers: Handlers<typeof pinningQueue.jobs> = {
    fetch: (_wakeUp, signal) => this.fetchPin.run(signal),
  };

  constructor(runner: JobRunner, private readonly fetchPin: FetchPin) {
    super(runner);
  }
}
