import { beforeEach, describe, expect, it } from '@jest/globals';
import { ChainUnavailable } from '../../chain/index.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { ScriptedChainSource, minerOnChain } from '../../chain/testing/scripted-chain-source.js';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { minerId } from '../../shared/index.js';
import { NoSuchMiner } from '../domain/miners.errors.js';
import { InMemoryMinerStore } from '../testing/in-memory-miner-store.js';
import { ScriptedAskSource } from '../testing/scripted-ask-source.js';
import { MinerRegistry } from './miner-registry.js';
import { RefreshMiner, RefreshMiners } from './refresh-miners.js';

describe('Looking for miners', () => {
  const store = () => new InMemoryMinerStore();
  let miners: InMemoryMinerStore;
  let chain: ScriptedChainSource;
  let asks: ScriptedAskSource;
  const one = () => new RefreshMiner(chain, asks, miners, new TestClock());
  const all = (over: Record<string, string> = {}) =>
    new RefreshMiners(chain, miners, one(), AppConfig.parse(over), new AppLogger({ level: 'silent', process: 'test' }));

  beforeEach(() => {
    miners = store();
    chain = new ScriptedChainSource({
      miners: [
        minerOnChain('t01000'),
        minerOnChain('t01001', { addresses: ['/ip4/10.0.0.1/tcp/4001', '/dns4/sp.example/tcp/443/https'] }),
        minerOnChain('t01002', { addresses: [] }),
      ],
    });
    asks = new ScriptedAskSource();
  });

  it('records who they are, where they serve HTTP and what they ask', async () => {
    expect(await all().run()).toEqual({ miners: 3, answered: 3 });
    expect((await miners.list()).map(({ address, httpUrl, ask }) => [address, httpUrl, ask?.price])).toEqual([
      ['t01000', 'http://127.0.0.1:8080', 1_000_000_000n],
      ['t01001', 'https://sp.example:443', 1_000_000_000n],
      ['t01002', null, 1_000_000_000n],
    ]);
  });

  it('notes a miner that does not answer and goes on', async () => {
    asks.silent.add(minerId('t01001'));
    expect(await all().run()).toEqual({ miners: 3, answered: 2 });
    expect(await miners.find(minerId('t01001'))).toMatchObject({ askError: 't01001 does not answer', ask: null });
  });

  it('looks only at those that are allowed, and passes over one that the chain does not know', async () => {
    expect(await all({ MINERS_ALLOW: 't01000,t07777' }).run()).toEqual({ miners: 2, answered: 1 });
    expect((await miners.list()).map(({ address }) => address)).toEqual(['t01000']);
  });

  it('does not walk through a chain with more miners than the limit', async () => {
    expect(await all({ MINERS_DISCOVER_LIMIT: '2' }).run()).toEqual({ miners: 0, answered: 0 });
    await new MinerRegistry(miners, one()).add(minerId('t01002'), 'Anna');
    expect(await all({ MINERS_DISCOVER_LIMIT: '2' }).run()).toEqual({ miners: 1, answered: 1 });
    expect((await miners.find(minerId('t01002')))?.name).toBe('Anna');
  });

  it('asks a miner once in half a minute, however many strangers want to know its price', async () => {
    await all().run();
    const clock = new TestClock();
    const refresh = new RefreshMiner(chain, asks, miners, clock);
    clock.advance(60_000);
    const before = asks.asked.length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh.ask(minerId('t01000'))));
    expect(new Set(answers.map(({ price }) => price))).toEqual(new Set([1_000_000_000n]));
    clock.advance(29_000);
    await refresh.ask(minerId('t01000'));
    expect(asks.asked.length - before).toBe(1);
    clock.advance(2_000);
    await refresh.ask(minerId('t01000'));
    expect(asks.asked.length - before).toBe(2);
  });

  it('does not ask a silent miner again and again, and tells everybody that it is silent', async () => {
    const clock = new TestClock();
    const refresh = new RefreshMiner(chain, asks, miners, clock);
    await all().run();
    clock.advance(60_000);
    asks.silent.add(minerId('t01000'));
    const before = asks.asked.length;
    for (let n = 0; n < 20; n++)
      await expect(refresh.ask(minerId('t01000'))).rejects.toMatchObject({ code: 'ASK_NOT_ANSWERED' });
    expect(asks.asked.length - before).toBe(1);
    asks.silent.clear();
    clock.advance(31_000);
    expect(await refresh.ask(minerId('t01000'))).toMatchObject({ price: 1_000_000_000n });
  });

  it('says so when the node cannot be asked at all', async () => {
    chain.down = true;
    await expect(all().run()).rejects.toBeInstanceOf(ChainUnavailable);
  });

  it('adds no miner that the chain does not know', async () => {
    await expect(new MinerRegistry(miners, one()).add(minerId('t0404'), undefined)).rejects.toBeInstanceOf(NoSuchMiner);
  });
});
