import { describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { z } from 'zod';
import { defineQueue, job } from './define-queue.js';
import { QueueRegistry } from './queue-registry.js';

const gardenQueue = defineQueue('garden', {
  water: job({ payload: z.object({ bed: z.string() }) }),
  weed: job({ payload: z.object({}) }),
});
const done = () => Promise.resolve();
// The registry only keeps it.
const queue = {} as Queue;

describe('the boot check of jobs', () => {
  it('passes when every job has one handler', () => {
    const registry = new QueueRegistry();
    registry.add(gardenQueue, queue);
    registry.handles(gardenQueue, { water: done, weed: done });
    expect(() => registry.assertHandled()).not.toThrow();
  });

  it('names the jobs that nobody handles', () => {
    const registry = new QueueRegistry();
    registry.add(gardenQueue, queue);
    expect(() => registry.assertHandled()).toThrow('garden.water has 0 handlers; garden.weed has 0 handlers');
  });

  it('names the jobs that two handle', () => {
    const registry = new QueueRegistry();
    registry.add(gardenQueue, queue);
    registry.handles(gardenQueue, { water: done, weed: done });
    registry.handles(gardenQueue, { water: done, weed: done });
    expect(() => registry.assertHandled()).toThrow(/garden.water has 2 handlers/);
  });

  it('refuses two queues of one name', () => {
    const registry = new QueueRegistry();
    registry.add(gardenQueue, queue);
    expect(() => registry.add(defineQueue('garden', {}), queue)).toThrow('two queues are called garden');
  });
});
