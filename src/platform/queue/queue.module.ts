import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { createPostgresBackend, setDefaultBackendFactory, type Queue } from 'bullmq';
import { AppConfig } from '../../config/index.js';
import type { QueueDefinition } from './define-queue.js';
import { JobRunner } from './job-runner.js';
import { QueueRegistry } from './queue-registry.js';
import { RoomQueue } from './room-queue.js';
import { Schedules } from './schedules.js';

/** Injection token of a room's producer: `@Inject(roomQueueToken(dealsQueue)) queue: RoomQueue<typeof dealsQueue.jobs>`. */
export function roomQueueToken(definition: { name: string }): string {
  return `RoomQueue:${definition.name}`;
}

function connectionOf(config: AppConfig): object {
  const { QUEUE_URL, DATABASE_URL } = config.values;
  if (QUEUE_URL !== '') return { url: QUEUE_URL, maxRetriesPerRequest: null };
  return { connectionString: DATABASE_URL, schema: 'bullmq', migrate: true, max: 3 };
}

@Module({})
export class QueueModule {
  /** The connection, the registry, the runner and the schedules; once per process. */
  static forRoot(): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: [
        BullModule.forRootAsync({
          inject: [AppConfig],
          useFactory: (config: AppConfig) => {
            if (config.values.QUEUE_URL === '') setDefaultBackendFactory(createPostgresBackend as never);
            return { connection: connectionOf(config) as never, prefix: 'tidewater' };
          },
        }),
      ],
      providers: [JobRunner, QueueRegistry, Schedules],
      exports: [JobRunner, QueueRegistry, Schedules],
    };
  }

  /** A room's queue: gives the producer under `roomQueueToken(definition)`. */
  static register(definition: QueueDefinition<never> | { name: string; jobs: object }): DynamicModule {
    const producer: Provider = {
      provide: roomQueueToken(definition),
      inject: [getQueueToken(definition.name), QueueRegistry],
      useFactory: (queue: Queue, registry: QueueRegistry) => {
        registry.add(definition as QueueDefinition, queue);
        return new RoomQueue(definition as QueueDefinition, queue);
      },
    };
    const bull = BullModule.registerQueue({ name: definition.name });
    return { module: class RegisteredQueue {} as Type, imports: [bull], providers: [producer], exports: [producer, bull] };
  }
}
