import { describe, expect, it } from '@jest/globals';
import { contentDeleted } from '../content/index.js';
import { InMemoryNotifications } from '../platform/notifications/testing/in-memory-notifications.js';
import { EventSubscribers } from '../platform/outbox/index.js';
import type { Schedules } from '../platform/queue/index.js';
import type { PinRegistry } from './requests/pin-registry.js';
import { PINS_DUE_CHANNEL } from './pinning.events.js';
import { PinningSubscriptions } from './pinning.subscriptions.js';
import type { PinScheduler } from './scheduler/pin-scheduler.js';
import type { SweepPins } from './scheduler/sweep-pins.js';

/** The worker's reactions over stand-ins that only remember that they were called. */
function reacting() {
  const called: string[] = [];
  const note = (what: string) => (): Promise<void> => {
    called.push(what);
    return Promise.resolve();
  };
  const schedules = new Map<string, (signal: AbortSignal) => Promise<unknown>>();
  const [notifications, subscribers] = [new InMemoryNotifications(), new EventSubscribers()];
  new PinningSubscriptions(
    {
      every: (name: string, _ms: number, run: (signal: AbortSignal) => Promise<unknown>) => schedules.set(name, run),
    } as unknown as Schedules,
    subscribers,
    notifications,
    { forgetContent: (id: string) => note(`forget ${id}`)() } as unknown as PinRegistry,
    { run: note('sweep'), fold: note('fold') } as unknown as SweepPins,
    { run: note('scheduler'), wake: () => called.push('wake') } as unknown as PinScheduler,
  ).onModuleInit();
  called.length = 0;
  return { called, schedules, notifications, subscribers };
}

describe('what the worker does about pins', () => {
  it('looks for pins at once when a request says that there are some', () => {
    const { called, notifications } = reacting();
    notifications.notify('tidewater_outbox');
    expect(called).toEqual([]);
    notifications.notify(PINS_DUE_CHANNEL);
    expect(called).toEqual(['wake']);
  });

  it('fetches, sweeps and adds up without being told', async () => {
    const { called, schedules } = reacting();
    for (const run of schedules.values()) await run(new AbortController().signal);
    expect(called.sort()).toEqual(['fold', 'scheduler', 'sweep']);
  });

  it('forgets the pin of a content that was deleted by other means', async () => {
    const { called, subscribers } = reacting();
    const [subscription] = subscribers.of(contentDeleted.name);
    const envelope = { id: '1', at: new Date(), payload: { contentId: '7' } };
    await subscription?.handle([envelope], new AbortController().signal);
    expect(called).toEqual(['forget 7']);
  });
});
