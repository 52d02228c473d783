import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { until } from '../../../test/support/until.js';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { userId } from '../../shared/index.js';
import type { PinRecord } from '../pin.js';
import { HostileDags } from '../testing/hostile-dags.js';
import { PinningHarness } from '../testing/pinning-harness.js';

const other = userId(randomUUID());
const nobodyHas = async () => CID.createV1(raw.code, await sha256.digest(randomBytes(8)));
const small = (harness: PinningHarness) => harness.remote.import([{ content: randomBytes(10) }]);
const few = { PIN_CONCURRENCY: '2', PIN_SEARCH_CONCURRENCY: '6' };

describe('the scheduler of pins', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  /** Workers that go on until the test is over. */
  const start = (harness: PinningHarness, count = 1) => {
    const stop = new AbortController();
    const working = Array.from({ length: count }, () => harness.scheduler().run(stop.signal));
    stops.push(async () => {
      stop.abort(new Error('the test is over'));
      await Promise.all(working);
    });
  };
  const status = async (harness: PinningHarness, pin: PinRecord) => (await harness.look(pin))?.status;
  const leased = (harness: PinningHarness) =>
    [...harness.pins.rows.values()].filter((row) => row.status === 'pinning').length;
  /** A peer that takes its time, and a DAG of it for an account. */
  const slowDag = async (harness: PinningHarness) => {
    const slow = new BlockMap();
    harness.node.addPeer('/memory/slow', slow);
    slow.delayMs = 10;
    const pins: PinRecord[] = [];
    for (let n = 0; n < 3; n++)
      pins.push(await harness.pin(await new HostileDags(slow).chain(40), { origins: ['/memory/slow'] }));
    return pins;
  };

  it("finds another account's pin soon, however many of the first one's nobody has", async () => {
    const harness = new PinningHarness(few);
    for (let n = 0; n < 100; n++) await harness.pin(await nobodyHas());
    start(harness);
    await until(() => leased(harness) === 8);
    const asked = harness.clock.now().getTime();
    const pin = await harness.pin(await small(harness), { userId: other });
    await until(async () => (await status(harness, pin)) === 'pinned');
    expect(harness.clock.now().getTime() - asked).toBeLessThan(30_000);
    expect(await harness.metrics.render()).toMatch(/tidewater_pins_preempted_total [1-9]/);
  });

  it("finds an account's own pin behind many that nobody has, long before those have failed", async () => {
    const harness = new PinningHarness(few);
    const lost = [];
    for (let n = 0; n < 20; n++) lost.push(await harness.pin(await nobodyHas()));
    const pin = await harness.pin(await small(harness));
    start(harness);
    await until(async () => (await status(harness, pin)) === 'pinned');
    expect(await Promise.all(lost.map((one) => status(harness, one)))).not.toContain('failed');
  });

  it('looks for every pin as long as allowed, all its turns together, and fails it with the reason', async () => {
    const harness = new PinningHarness({
      PIN_CONCURRENCY: '1',
      PIN_SEARCH_CONCURRENCY: '1',
      PIN_IDLE_TIMEOUT_SECONDS: '60',
    });
    const pins = [
      await harness.pin(await nobodyHas()),
      await harness.pin(await nobodyHas()),
      await harness.pin(await nobodyHas()),
    ];
    start(harness);
    await until(async () =>
      (await Promise.all(pins.map((pin) => status(harness, pin)))).every((one) => one === 'failed'),
    );
    const rows = pins.map((pin) => harness.pins.rows.get(pin.requestId)!);
    for (const row of rows)
      expect(row).toMatchObject({
        reason: 'ERR_PIN_NO_PROGRESS: no peer sent the first block within 60 s',
        failures: 1,
      });
    expect(rows.reduce((sum, row) => sum + row.leaseNumber, 0)).toBeGreaterThan(3);
  });

  it('preempts nothing while nobody waits', async () => {
    const harness = new PinningHarness({ ...few, PIN_IDLE_TIMEOUT_SECONDS: '120' });
    const pin = await harness.pin(await nobodyHas());
    await harness.work();
    expect(harness.pins.rows.get(pin.requestId)).toMatchObject({ status: 'failed', leaseNumber: 1 });
  });

  it('lets another account transfer at once while slow transfers hold every slot', async () => {
    const harness = new PinningHarness({ PIN_CONCURRENCY: '1' });
    const slow = await slowDag(harness);
    start(harness);
    await until(() => harness.dags.begun > 0);
    const pin = await harness.pin(await small(harness), { userId: other });
    await until(async () => (await status(harness, pin)) === 'pinned');
    expect(await Promise.all(slow.map((one) => status(harness, one)))).not.toContain('pinned');
    await until(async () =>
      (await Promise.all(slow.map((one) => status(harness, one)))).every((one) => one === 'pinned'),
    );
    expect(harness.dags.aborted).toBe(0);
  });

  it('stops a pin that is removed: looked for, waiting for a slot, or transferred', async () => {
    const harness = new PinningHarness({ PIN_CONCURRENCY: '1' });
    const [transferred, parked] = (await slowDag(harness)) as [PinRecord, PinRecord];
    const looked = await harness.pin(await nobodyHas());
    start(harness);
    await until(() => harness.dags.begun === 1 && leased(harness) === 4);
    for (const pin of [looked, parked, transferred]) await harness.registry.remove(harness.owner, pin.requestId);
    await until(() => harness.dags.aborted === 1);
    await until(() => harness.dags.contents.length === 1);
    expect([...harness.pins.rows.values()].map((row) => row.status)).toEqual(['pinned']);
    await until(async () => (await harness.metrics.render()).includes('tidewater_pin_fetches{stage="looking"} 0'));
  });

  it('fetches each pin once when two workers share the rows', async () => {
    const harness = new PinningHarness();
    const pins: PinRecord[] = [];
    for (let n = 0; n < 30; n++) pins.push(await harness.pin(await small(harness)));
    start(harness, 2);
    await until(async () =>
      (await Promise.all(pins.map((pin) => status(harness, pin)))).every((one) => one === 'pinned'),
    );
    expect([...harness.pins.rows.values()].map((row) => row.leaseNumber)).toEqual(pins.map(() => 1));
    expect(harness.dags.begun).toBe(30);
  });

  it('gives an account of three times the weight three times the looks', async () => {
    const harness = new PinningHarness(few, { limits: testLimits([[other, { pinWeight: 3 }]]) });
    for (let n = 0; n < 40; n++) await harness.pin(await nobodyHas());
    start(harness);
    await until(() => leased(harness) === 8);
    for (let n = 0; n < 40; n++) await harness.pin(await nobodyHas(), { userId: other });
    const heavy = () =>
      [...harness.pins.rows.values()].filter((row) => row.status === 'pinning' && row.userId === other).length;
    await until(() => heavy() === 6 && leased(harness) === 8);
  });

  it('looks at the rows when it is woken, without waiting for the rest of a second', async () => {
    const harness = new PinningHarness();
    // A second on this clock is long, but for whoever wakes.
    harness.clock.sleep = (_ms, signal) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    const scheduler = harness.scheduler();
    const stop = new AbortController();
    const working = scheduler.run(stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const pin = await harness.pin(await small(harness));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await status(harness, pin)).toBe('queued');
    scheduler.wake();
    await until(async () => (await status(harness, pin)) === 'pinned', { intervalMs: 2 });
    stop.abort(new Error('the test is over'));
    await working;
  });
});
