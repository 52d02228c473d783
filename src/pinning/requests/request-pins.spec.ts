import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { userId } from '../../shared/index.js';
import { PinningHarness } from '../testing/pinning-harness.js';

describe('asking for a pin', () => {
  it('queues what has to be fetched, and wakes a worker', async () => {
    const harness = new PinningHarness();
    const pin = await harness.pin(await harness.remote.import([{ content: randomBytes(10) }]));
    expect(pin.status).toBe('queued');
    expect(harness.notifications.sent.length).toBe(1);
  });

  it('pins at once what this node has already, as a content of its own', async () => {
    const harness = new PinningHarness();
    const root = await harness.remote.import([{ content: randomBytes(10) }]);
    await harness.pin(root);
    await harness.work();
    const again = await harness.pin(root, { name: 'again' });
    expect(again).toMatchObject({ status: 'pinned', contentId: '2' });
    expect(harness.notifications.sent.length).toBe(1);
  });

  it('replaces a pin: a new id, the old one gone, its content let go once the new one is pinned', async () => {
    const harness = new PinningHarness();
    const [one, two] = [
      await harness.remote.import([{ content: randomBytes(10) }]),
      await harness.remote.import([{ content: randomBytes(10) }]),
    ];
    const old = await harness.pin(one);
    await harness.work();
    const fresh = await harness.requestPins.run({
      userId: harness.owner,
      spec: { cid: two.toString(), name: null, origins: ['/memory/1'], meta: {} },
      replaces: old.requestId,
    });
    expect(fresh.requestId).not.toBe(old.requestId);
    expect(await harness.look(old)).toBeNull();
    await harness.sweepPins.run();
    expect(harness.released).toEqual([]);
    await harness.work();
    await harness.sweepPins.run();
    expect(harness.released).toEqual(['1']);
    expect([...harness.pins.rows.keys()]).toEqual([fresh.requestId]);
  });

  it("does not replace another account's pin", async () => {
    const harness = new PinningHarness();
    const root = await harness.remote.import([{ content: randomBytes(10) }]);
    const pin = await harness.pin(root);
    const attempt = harness.requestPins.run({ userId: userId(randomUUID()), spec: pin, replaces: pin.requestId });
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_RECORD_NOT_FOUND', status: 404 });
  });
});

describe('removing a pin', () => {
  it('lets its content go and forgets it', async () => {
    const harness = new PinningHarness();
    const pin = await harness.pin(await harness.remote.import([{ content: randomBytes(10) }]));
    await harness.work();
    await harness.registry.remove(harness.owner, pin.requestId);
    expect(harness.released).toEqual(['1']);
    expect(harness.pins.rows.size).toBe(0);
    await expect(harness.registry.remove(harness.owner, pin.requestId)).rejects.toMatchObject({ status: 404 });
  });
});

describe('the sweep of pins', () => {
  it('takes a pin back from a worker that vanished', async () => {
    const harness = new PinningHarness();
    const pin = await harness.pin(await harness.remote.import([{ content: randomBytes(10) }]));
    await harness.pins.leases.claimNext(1_000, new Map());
    harness.clock.advance(2000);
    await harness.sweepPins.run();
    expect(await harness.look(pin)).toMatchObject({ status: 'queued', failures: 0 });
    await harness.work();
    expect(await harness.look(pin)).toMatchObject({ status: 'pinned', leaseNumber: 2 });
  });

  it('finishes a removal that was cut off half-way', async () => {
    const harness = new PinningHarness();
    const pin = await harness.pin(await harness.remote.import([{ content: randomBytes(10) }]));
    await harness.work();
    await harness.pins.store.remove(harness.owner, pin.requestId);
    await harness.sweepPins.run();
    expect(harness.released).toEqual(['1']);
    expect(harness.pins.rows.size).toBe(0);
  });
});
