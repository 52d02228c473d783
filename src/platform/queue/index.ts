export {
  defineQueue,
  job,
  type Handlers,
  type JobDefinition,
  type Jobs,
  type PayloadOf,
  type QueueDefinition,
} from './define-queue.js';
export { JobRunner } from './job-runner.js';
export { QueueModule, roomQueueToken } from './queue.module.js';
export { QueueRegistry } from './queue-registry.js';
/** The one word of Nest's queue module that rooms need. */
export { Processor } from '@nestjs/bullmq';
export { RoomProcessor, processorOptions } from './room-processor.js';
export { RoomQueue, type AddOptions } from './room-queue.js';
export { Schedules } from './schedules.js';
