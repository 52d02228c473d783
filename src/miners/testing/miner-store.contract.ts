import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { minerId, type MinerId } from '../../shared/index.js';
import { unmeasured } from '../domain/success.js';
import type { MinerStore } from '../ports/miner-store.port.js';
import { ask } from './scripted-ask-source.js';

export interface MinerStoreHarness {
  store: MinerStore;
  /** Events that were announced, in order. */
  announced(): Promise<{ event: string; miner: string }[]>;
  close?(): Promise<void>;
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** What every MinerStore promises. */
export function describeMinerStoreContract(name: string, make: () => Promise<MinerStoreHarness>): void {
  describe(`${name} as a MinerStore`, () => {
    let harness: MinerStoreHarness;
    let next = 1000;
    beforeAll(async () => {
      harness = await make();
    });
    afterAll(async () => harness?.close?.());

    async function known(): Promise<MinerId> {
      const address = minerId(`t0${next++}`);
      await harness.store.record({
        address,
        peerId: '12D3KooWx',
        addresses: ['/ip4/127.0.0.1/tcp/80/http'],
        httpUrl: 'http://127.0.0.1:80',
        owner: 't01',
        worker: 't02',
      });
      return address;
    }

    it('finds a miner under the letter of either network', async () => {
      const address = await known();
      expect((await harness.store.find(minerId(`f${address.slice(1)}`)))?.address).toBe(address);
    });

    it('keeps a new miner with nothing said against it', async () => {
      const address = await known();
      expect(await harness.store.find(address)).toMatchObject({
        address,
        peerId: '12D3KooWx',
        addresses: ['/ip4/127.0.0.1/tcp/80/http'],
        httpUrl: 'http://127.0.0.1:80',
        owner: 't01',
        worker: 't02',
        name: '',
        suspended: false,
        breaker: { failures: 0, openUntil: null },
        success: unmeasured,
        ask: null,
        askError: null,
      });
    });

    it('lists all by address, and knows whom it does not know', async () => {
      await known();
      const all = (await harness.store.list()).map(({ address }) => address);
      expect(all).toEqual([...all].sort());
      expect(await harness.store.find(minerId('t0999999'))).toBeNull();
    });

    it('changes facts and leaves name, suspension and standing alone', async () => {
      const address = await known();
      await harness.store.rename(address, 'Anna');
      await harness.store.suspend(address, 'late', null);
      await harness.store.changeStanding(address, () => ({
        breaker: { failures: 3, openUntil: at(9) },
        success: { share: 0.5, weight: 2, at: at(1) },
      }));
      await harness.store.record({ address, peerId: null, addresses: [], httpUrl: null, owner: null, worker: null });
      expect(await harness.store.find(address)).toMatchObject({
        peerId: null,
        addresses: [],
        httpUrl: null,
        name: 'Anna',
        suspended: true,
        suspendedReason: 'late',
        breaker: { failures: 3, openUntil: at(9) },
        success: { share: 0.5, weight: 2, at: at(1) },
      });
    });

    it('keeps the newest ask, and when it was first and last heard', async () => {
      const address = await known();
      const huge = ask({ price: 10n ** 30n, maxPieceSize: 1n << 60n });
      await harness.store.heardAsk(address, huge, at(1));
      await harness.store.heardAsk(address, huge, at(2));
      expect((await harness.store.find(address))?.ask).toEqual({ ...huge, at: at(1), seenAt: at(2) });
      await harness.store.heardAsk(address, ask({ price: 5n }), at(3));
      expect((await harness.store.find(address))?.ask).toEqual({ ...ask({ price: 5n }), at: at(3), seenAt: at(3) });
    });

    it('remembers why a miner was silent until it answers', async () => {
      const address = await known();
      await harness.store.missedAsk(address, 'failed to dial', at(1));
      expect((await harness.store.find(address))?.askError).toBe('failed to dial');
      await harness.store.heardAsk(address, ask(), at(2));
      expect((await harness.store.find(address))?.askError).toBeNull();
    });

    it('counts outcomes that come at the same time, each once', async () => {
      const address = await known();
      const change = () =>
        harness.store.changeStanding(address, ({ breaker, success }) => ({
          breaker: { ...breaker, failures: breaker.failures + 1 },
          success,
        }));
      await Promise.all(Array.from({ length: 10 }, change));
      expect((await harness.store.find(address))?.breaker.failures).toBe(10);
    });

    it('gives a probe to one only, and only when the pause is over', async () => {
      const address = await known();
      await harness.store.changeStanding(address, ({ success }) => ({
        breaker: { failures: 5, openUntil: at(10) },
        success,
      }));
      expect(await harness.store.claimProbe(address, at(9), at(20))).toBe(false);
      const claims = await Promise.all([1, 2, 3].map(() => harness.store.claimProbe(address, at(11), at(20))));
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    it('announces suspensions, and says when there is nobody to suspend', async () => {
      const address = await known();
      expect(await harness.store.suspend(address, 'too slow', at(30))).toBe(true);
      expect(await harness.store.find(address)).toMatchObject({
        suspended: true,
        suspendedReason: 'too slow',
        suspendedUntil: at(30),
      });
      expect(await harness.store.unsuspend(address)).toBe(true);
      expect(await harness.store.find(address)).toMatchObject({
        suspended: false,
        suspendedReason: null,
        suspendedUntil: null,
      });
      expect((await harness.announced()).filter(({ miner }) => miner === address).map(({ event }) => event)).toEqual([
        'miner.suspended',
        'miner.unsuspended',
      ]);
      expect(await harness.store.suspend(minerId('t0999999'), 'x', null)).toBe(false);
      expect(await harness.store.unsuspend(minerId('t0999999'))).toBe(false);
      expect(await harness.store.rename(minerId('t0999999'), 'x')).toBe(false);
    });

    it('keeps a score with its lines, and how many deals it holds, also twice on one day', async () => {
      const address = await known();
      const score = { score: 41.5, evidence: 7.25, lines: [], heldDeals: 3 };
      expect(await harness.store.recordScore(address, score, at(1))).toBe(true);
      expect(await harness.store.recordScore(address, { ...score, score: 42 }, at(2))).toBe(true);
      expect(await harness.store.find(address)).toMatchObject({ score: { value: 42, evidence: 7.25 }, heldDeals: 3 });
      expect(await harness.store.recordScore(minerId('t0999999'), score, at(1))).toBe(false);
    });

    it('lets a rule suspend a miner once, and an operator over it', async () => {
      const address = await known();
      const far = new Date('2999-01-01T00:00:00Z');
      expect(await harness.store.suspend(address, 'a rule', far, 'rule')).toBe(true);
      expect(await harness.store.suspend(address, 'another', far, 'rule')).toBe(false);
      expect(await harness.store.find(address)).toMatchObject({
        suspendedReason: 'a rule',
        suspendedBy: 'rule',
        judgedFrom: far,
      });
      expect(await harness.store.suspend(address, 'my word', null)).toBe(true);
      expect(await harness.store.find(address)).toMatchObject({ suspendedReason: 'my word', suspendedBy: 'operator' });
      expect(await harness.store.suspend(address, 'a rule', far, 'rule')).toBe(false);
      await harness.store.unsuspend(address);
      expect(await harness.store.find(address)).toMatchObject({ suspendedBy: null, suspendedSince: null });
      expect((await harness.store.find(address))?.judgedFrom).toBeInstanceOf(Date);
    });

    it('remembers where a miner is, when somebody says so', async () => {
      const address = await known();
      expect((await harness.store.find(address))?.region).toBeNull();
      expect(await harness.store.place(address, 'EU')).toBe(true);
      expect((await harness.store.find(address))?.region).toBe('EU');
      expect(await harness.store.place(minerId('t0999999'), 'EU')).toBe(false);
    });

    it('does not mind news of a miner that it does not know', async () => {
      await harness.store.heardAsk(minerId('t0999999'), ask(), at(1));
      await harness.store.missedAsk(minerId('t0999999'), 'x', at(1));
      await harness.store.changeStanding(minerId('t0999999'), (before) => before);
      expect(await harness.store.find(minerId('t0999999'))).toBeNull();
    });
  });
}
