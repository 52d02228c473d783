import { Processor } from '@nestjs/bullmq';
import { JobRunner, RoomProcessor, processorOptions, type Handlers } from '../queue/index.js';
import { DeliverEvents } from './deliver-events.js';
import { eventsQueue } from './events.queue.js';

@Processor(eventsQueue.name, processorOptions(eventsQueue))
export class EventsProcessor extends RoomProcessor<typeof eventsQueue.jobs> {
  readonly queue = eventsQueue;
  readonly handlers: Handlers<typeof eventsQueue.jobs> = {
    deliver: (payload, signal) => this.deliver.run(payload, signal),
  };

  constructor(
    runner: JobRunner,
    private readonly deliver: DeliverEvents,
  ) {
    super(runner);
  }
}
