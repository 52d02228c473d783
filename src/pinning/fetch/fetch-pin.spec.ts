import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { until } from '../../../test/support/until.js';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { userId, type UserId } from '../../shared/index.js';
import { HostileDags } from '../testing/hostile-dags.js';
import { PinningHarness } from '../testing/pinning-harness.js';

const nobodyHas = async () => CID.createV1(raw.code, await sha256.digest(randomBytes(8)));
const MIB = 1024 ** 2;

describe('fetching a pin', () => {
  it('fetches the DAG into a CAR and marks the pin pinned with the content that holds it', async () => {
    const harness = new PinningHarness();
    const root = await harness.remote.import([
      { path: 'site/a', content: randomBytes(2 * MIB) },
      { path: 'site/b', content: randomBytes(10) },
    ]);
    const pin = await harness.pin(root, { name: 'my site' });
    await harness.work();
    const done = await harness.look(pin);
    expect(done).toMatchObject({ status: 'pinned', contentId: '1', progress: { blocks: 5, sources: 1 } });
    expect(harness.dags.contents.find(({ id }) => id === done!.contentId)).toMatchObject({
      name: 'my site',
      type: 'directory',
      profile: 'pin',
      pinRequestId: pin.requestId,
    });
    expect(await harness.dags.find(root)).toMatchObject({ blocks: 5, hot: true });
  });

  it('fetches nothing for a root that came in meanwhile', async () => {
    const harness = new PinningHarness();
    const root = await harness.remote.import([{ content: randomBytes(100) }]);
    const first = await harness.pin(root);
    await harness.work();
    const second = await harness.pins.store.add({ ...first, name: 'again' });
    await harness.work();
    expect(harness.dags.begun).toBe(1);
    expect([(await harness.look(first))?.contentId, (await harness.look(second))?.contentId]).toEqual(['1', '2']);
  });

  it('fails with the reason when no block comes for as long as allowed', async () => {
    const harness = new PinningHarness({ PIN_IDLE_TIMEOUT_SECONDS: '30' });
    const pin = await harness.pin(await nobodyHas());
    await harness.work();
    expect(await harness.look(pin)).toMatchObject({
      status: 'failed',
      reason: 'ERR_PIN_NO_PROGRESS: no peer sent the first block within 30 s',
    });
    expect(harness.dags.begun).toBe(0);
  });

  it('says after how many blocks the rest stayed away, and leaves nothing behind', async () => {
    const harness = new PinningHarness({ PIN_IDLE_TIMEOUT_SECONDS: '30' });
    const root = await harness.remote.import([{ content: randomBytes(3 * MIB) }]);
    harness.remote.delete(harness.remote.entries()[2]!.cid);
    const pin = await harness.pin(root);
    await harness.work();
    expect((await harness.look(pin))?.reason).toMatch(/after [123] blocks/);
    expect(harness.dags.aborted).toBe(1);
  });

  it('stops and leaves nothing when the pin is deleted while it is fetched', async () => {
    const harness = new PinningHarness();
    const root = await harness.remote.import([{ content: randomBytes(3 * MIB) }]);
    const pin = await harness.pin(root);
    let go: () => void = () => undefined;
    harness.dags.beforePut = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    const running = harness.work();
    await until(() => harness.dags.begun === 1);
    await harness.registry.remove(harness.owner, pin.requestId);
    harness.dags.beforePut = () => Promise.resolve();
    go();
    await running;
    expect(harness.dags.contents.length).toBe(0);
    expect(harness.dags.aborted).toBe(1);
    expect(harness.pins.rows.size).toBe(0);
  });

  it('releases the pin untouched when the process goes down', async () => {
    const harness = new PinningHarness();
    const pin = await harness.pin(await nobodyHas());
    const shutdown = new AbortController();
    const running = harness.work(shutdown.signal);
    await until(async () => (await harness.look(pin))?.status === 'pinning');
    shutdown.abort(new Error('shutting down'));
    await running;
    expect(await harness.look(pin)).toMatchObject({ status: 'queued', failures: 0, reason: null });
  });

  it('names a DAG that is too large and does not try it again', async () => {
    const harness = new PinningHarness({ PIN_MAX_BYTES: String(MIB) });
    const pin = await harness.pin(await harness.remote.import([{ content: randomBytes(3 * MIB) }]));
    await harness.work();
    expect((await harness.look(pin))?.reason).toMatch(/^ERR_PIN_TOO_LARGE: /);
    expect((await harness.look(pin))?.status).toBe('failed');
    expect(harness.dags.aborted).toBe(1);
  });

  it('tries a failure without a name again, later each time, and says nothing of our insides', async () => {
    const harness = new PinningHarness();
    const pin = await harness.pin(await harness.remote.import([{ content: randomBytes(10) }]));
    harness.dags.beforePut = () => Promise.reject(new Error('secret path /x/y'));
    for (let failures = 1; failures < 5; failures++) {
      await harness.work();
      expect(await harness.look(pin)).toMatchObject({
        status: 'queued',
        failures,
        reason: 'ERR_INTERNAL_SERVER: unexpected failure',
      });
      harness.clock.advance(15_000 * 2 ** failures);
    }
    await harness.work();
    expect((await harness.look(pin))?.status).toBe('failed');
  });

  it('lets pins that nobody has wait without taking the place of those that can be had', async () => {
    const harness = new PinningHarness({ PIN_CONCURRENCY: '1' });
    const stop = new AbortController();
    for (let n = 0; n < 5; n++) await harness.pin(await nobodyHas());
    const working = harness.work(stop.signal);
    await until(() => [...harness.pins.rows.values()].every((row) => row.status === 'pinning'));
    const pin = await harness.pin(await harness.remote.import([{ content: randomBytes(10) }]));
    await until(async () => (await harness.look(pin))?.status === 'pinned');
    stop.abort(new Error('enough'));
    await working;
  });

  it('transfers no more at once than the settings say', async () => {
    const harness = new PinningHarness({ PIN_CONCURRENCY: '2' });
    for (let n = 0; n < 4; n++) await harness.pin(await harness.remote.import([{ content: randomBytes(10) }]));
    const gates: (() => void)[] = [];
    harness.dags.beforePut = () => new Promise((resolve) => gates.push(resolve));
    const running = harness.work();
    await until(() => gates.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(harness.dags.begun).toBe(2);
    harness.dags.beforePut = () => Promise.resolve();
    for (const open of gates) open();
    await running;
    expect([...harness.pins.rows.values()].map((row) => row.status)).toEqual(['pinned', 'pinned', 'pinned', 'pinned']);
  });

  it('fails a transfer that takes longer than a pin may, and does not try it again', async () => {
    const harness = new PinningHarness({ PIN_MAX_HOURS: '0.01' });
    harness.remote.delayMs = 10;
    const pin = await harness.pin(await new HostileDags(harness.remote).chain(200));
    await harness.work();
    expect(await harness.look(pin)).toMatchObject({ status: 'failed', failures: 1 });
    expect((await harness.look(pin))?.reason).toMatch(
      /^ERR_PIN_TIMEOUT: the transfer took more than 0.01 h, and had \d+ blocks then$/,
    );
    expect(harness.dags.aborted).toBe(1);
  });

  it("fails by name what is larger than the rest of the account's quota, before and while it comes", async () => {
    const [poor, none] = [userId(randomUUID()), userId(randomUUID())];
    const harness = new PinningHarness(
      {},
      {
        limits: testLimits([
          [poor, { bytesQuota: MIB }],
          [none, { bytesQuota: 0 }],
        ]),
      },
    );
    const root = await harness.remote.import([{ content: randomBytes(3 * MIB) }]);
    const queued = (owner: UserId) =>
      harness.pins.store.add({
        userId: owner,
        cid: root.toString(),
        cidV1: root.toString(),
        name: null,
        origins: ['/memory/1'],
        meta: {},
      });
    const pins = [await queued(poor), await queued(none)];
    await harness.work();
    for (const pin of pins) {
      expect(await harness.look(pin)).toMatchObject({ status: 'failed', leaseNumber: 1 });
      expect((await harness.look(pin))?.reason).toMatch(/^ERR_QUOTA_EXCEEDED: /);
    }
    expect([harness.dags.begun, harness.dags.aborted]).toEqual([1, 1]);
  });

  describe('of what only miners hold', () => {
    /** A DAG that was pinned once and offloaded since; nobody in the network has it. */
    const offloaded = async (harness: PinningHarness) => {
      const root = await harness.remote.import([{ content: randomBytes(100) }]);
      await harness.pin(root);
      await harness.work();
      const bytes = (await harness.remote.get(root))!;
      harness.remote.delete(root);
      harness.dags.offload(root);
      return { root, bytes };
    };

    it('waits until it is back, however long that takes, and pins it as hot', async () => {
      const asked: string[] = [];
      let bytes: Uint8Array = new Uint8Array();
      const harness: PinningHarness = new PinningHarness(
        { PIN_IDLE_TIMEOUT_SECONDS: '30' },
        {
          coldDags: {
            restore: async (root) => {
              asked.push(root.toString());
              await harness.clock.sleep(3_600_000);
              const intake = await harness.dags.begin('copy');
              await intake.put(root, bytes);
              await intake.restore(root);
              return true;
            },
          },
        },
      );
      const gone = await offloaded(harness);
      const { root } = gone;
      bytes = gone.bytes;
      const pin = await harness.pin(root);
      expect(pin.status).toBe('queued');
      await harness.work();
      expect(await harness.look(pin)).toMatchObject({ status: 'pinned', contentId: '2' });
      expect(asked).toEqual([root.toString()]);
      expect(harness.dags.begun).toBe(1);
    });

    it('looks for it in the network when no miner gives it', async () => {
      const harness = new PinningHarness(
        { PIN_IDLE_TIMEOUT_SECONDS: '30' },
        { coldDags: { restore: () => Promise.reject(new Error('no miner has it')) } },
      );
      const pin = await harness.pin((await offloaded(harness)).root);
      await harness.work();
      expect((await harness.look(pin))?.reason).toMatch(/^ERR_PIN_NO_PROGRESS: no peer/);
    });

    it('stops asking when the pin is removed', async () => {
      let reason: unknown;
      const harness = new PinningHarness(
        {},
        {
          coldDags: {
            restore: (_root, signal) =>
              new Promise((_, reject) =>
                signal.addEventListener('abort', () => {
                  reason = signal.reason;
                  reject(signal.reason as Error);
                }),
              ),
          },
        },
      );
      const pin = await harness.pin((await offloaded(harness)).root);
      const stop = new AbortController();
      const working = harness.scheduler().run(stop.signal);
      await until(async () => (await harness.look(pin))?.status === 'pinning');
      await harness.registry.remove(harness.owner, pin.requestId);
      await until(() => reason !== undefined);
      stop.abort(new Error('enough'));
      await working;
      expect(reason).toMatchObject({ code: 'ERR_PIN_TAKEN_AWAY' });
    });
  });
});
