import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Queue } from 'bullmq';
import type { QueueDefinition } from './define-queue.js';
import { Clock } from '../../shared/index.js';
import { JobRunner } from './job-runner.js';
import { QueueConnection } from './queue-connection.js';
import { QueueMetrics } from './queue.metrics.js';
import { QueueHealth } from './queue-health.js';
import { QueueRegistry } from './queue-registry.js';
import { QueueWorkers } from './queue-workers.js';
import { RoomQueue } from './room-queue.js';
import { Schedules } from './schedules.js';

/**
 * Injection token of a room's producer: `@Inject(roomQueueToken(dealsQueue)) queue: RoomQueue<typeof dealsQueue.jobs>`.
 */
export function roomQueueToken(definition: { name: string }): string {
  return `RoomQueue:${definition.name}`;
}

/** Apart from the queues' own module, so that it closes after them. */
@Module({ providers: [QueueConnection], exports: [QueueConnection] })
class QueueConnectionModule {}

/** One connection for all queues of the process, and a producer for each room's queue. */
@Module({})
export class QueueModule {
  /** The connection, the registry, the runner and the schedules; once per process. */
  static forRoot(): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: [
        DiscoveryModule,
        BullModule.forRootAsync({
          imports: [QueueConnectionModule],
          inject: [QueueConnection],
          useFactory: async (connection: QueueConnection) => ({
            connection: (await connection.open()) as never,
            prefix: 'tidewater',
          }),
        }),
      ],
      providers: [JobRunner, QueueRegistry, QueueWorkers, QueueMetrics, QueueHealth, Schedules],
      exports: [JobRunner, QueueRegistry, Schedules],
    };
  }

  /** A room's queue: gives the producer under `roomQueueToken(definition)`. */
  static register(definition: QueueDefinition): DynamicModule {
    const producer: Provider = {
      provide: roomQueueToken(definition),
      inject: [getQueueToken(definition.name), QueueRegistry, Clock],
      useFactory: (queue: Queue, registry: QueueRegistry, clock: Clock) => {
        registry.add(definition, queue);
        return new RoomQueue(definition, queue, clock);
      },
    };
    const bull = BullModule.registerQueue({ name: definition.name });
    return {
      module: class RegisteredQueue {} as Type,
      imports: [bull],
      providers: [producer],
      exports: [producer, bull],
    };
  }
}
