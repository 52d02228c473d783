import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { minerId, type MinerId } from '../../shared/index.js';
import { ChainUnavailable } from '../domain/chain.errors.js';
import type { ChainSource } from '../ports/chain-source.port.js';

export interface ChainSourceHarness {
  source: ChainSource;
  /** The same kind of source in front of a node that is not there. */
  unreachable: ChainSource;
  /** Puts a deal on the chain, not sealed yet, and says its id and provider. */
  publishDeal(): Promise<{ chainDealId: bigint; provider: MinerId }>;
  close?(): Promise<void>;
}

/** What every ChainSource promises. */
export function describeChainSourceContract(name: string, make: () => Promise<ChainSourceHarness>): void {
  describe(`${name} as a ChainSource`, () => {
    let harness: ChainSourceHarness;
    beforeAll(async () => {
      harness = await make();
    });
    afterAll(async () => harness?.close?.());

    it('knows the head, its time and the network', async () => {
      const head = await harness.source.head();
      expect(head.height).toBeGreaterThan(0);
      expect(head.timestamp).toBeGreaterThan(1_500_000_000);
      expect(head.network).not.toBe('');
    });

    it('knows when the chain began and how long an epoch takes', async () => {
      const { genesis, blockDelaySeconds } = await harness.source.timing();
      expect(genesis.getTime()).toBeGreaterThan(0);
      expect(blockDelaySeconds).toBeGreaterThan(0);
    });

    it('lists miners and tells who they are', async () => {
      const miners = await harness.source.listMiners();
      expect(miners.length).toBeGreaterThan(0);
      expect(new Set(miners).size).toBe(miners.length);
      const miner = await harness.source.miner(miners[0] as MinerId);
      expect(miner.address).toBe(miners[0]);
      expect(miner.peerId).toMatch(/^12D3KooW/);
      expect(miner.addresses.every((address) => address.startsWith('/'))).toBe(true);
      expect(miner.owner).not.toBe('');
      expect(miner.worker).not.toBe('');
    });

    it('refuses a miner that the chain does not know', async () => {
      await expect(harness.source.miner(minerId('t0999999999'))).rejects.toThrow();
    });

    it('shows a published deal with null for what has not happened yet', async () => {
      const { chainDealId, provider } = await harness.publishDeal();
      const deal = await harness.source.marketDeal(chainDealId);
      expect(deal).toMatchObject({ chainDealId, provider, slashEpoch: null });
      expect(deal?.pieceCid).toMatch(/^baga/);
      expect(typeof deal?.pieceSize).toBe('bigint');
      expect(deal?.endEpoch).toBeGreaterThan(deal?.startEpoch ?? Infinity);
    });

    it('answers null for a deal that the market does not know', async () => {
      expect(await harness.source.marketDeal(987_654_321n)).toBeNull();
    });

    it('tells of many deals at once what it tells of each', async () => {
      const { chainDealId } = await harness.publishDeal();
      for (const strangers of [2, 40]) {
        const ids = [chainDealId, ...Array.from({ length: strangers }, (_, n) => 987_654_321n + BigInt(n))];
        const deals = await harness.source.marketDeals(ids);
        expect([...deals.keys()].sort()).toEqual([...ids].sort());
        expect(deals.get(chainDealId)).toMatchObject({ chainDealId, slashEpoch: null });
        expect([...deals.values()].filter((deal) => deal === null)).toHaveLength(strangers);
      }
      expect((await harness.source.marketDeals([])).size).toBe(0);
    });

    it('tells the wallet in attoFIL', async () => {
      const wallet = await harness.source.wallet();
      expect(wallet.address).not.toBe('');
      expect([wallet.balance, wallet.escrow, wallet.locked].map((amount) => typeof amount)).toEqual([
        'bigint',
        'bigint',
        'bigint',
      ]);
      expect(wallet.dataCap === null || typeof wallet.dataCap === 'bigint').toBe(true);
    });

    it('says which software answers', async () => {
      expect(await harness.source.version()).not.toBe('');
    });

    it('stops at once when its caller gives up', async () => {
      await expect(harness.source.head(AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up');
    });

    it('says ChainUnavailable when the node is not there', async () => {
      await expect(harness.unreachable.head()).rejects.toBeInstanceOf(ChainUnavailable);
      await expect(harness.unreachable.marketDeal(1n)).rejects.toBeInstanceOf(ChainUnavailable);
      await expect(harness.unreachable.marketDeals([1n, 2n])).rejects.toBeInstanceOf(ChainUnavailable);
    });
  });
}
