import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppConfig } from '../../config/index.js';
import { ChainUnavailable } from '../domain/chain.errors.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { ScriptedChainSource } from '../testing/scripted-chain-source.js';
import { ChainFacts } from './chain-facts.js';

const config = AppConfig.parse({});
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Facts from the chain', () => {
  let source: ScriptedChainSource;
  let clock: TestClock;
  let facts: ChainFacts;
  beforeEach(() => {
    source = new ScriptedChainSource({ height: 120 });
    clock = new TestClock();
    facts = new ChainFacts(source, config, clock);
  });

  it('ask for the head once, however many want it', async () => {
    await Promise.all([facts.head(), facts.head(), facts.epochClock()]);
    expect(source.asked.get('head')).toBe(1);
  });

  it('give an older head at once, say its age, and read the next one meanwhile', async () => {
    await facts.head();
    source.height = 121;
    clock.advance(6_000);
    expect(await facts.head()).toMatchObject({ ageMs: 6_000, value: { height: 120 } });
    await settle();
    expect(await facts.head()).toMatchObject({ ageMs: 0, value: { height: 121 } });
  });

  it('say at once that the node does not answer, whatever head is known', async () => {
    await facts.assertAnswering();
    source.down = true;
    await facts.assertAnswering();
    clock.advance(6_000);
    await expect(facts.assertAnswering()).rejects.toThrow(ChainUnavailable);
    expect(await facts.head()).toMatchObject({ value: { height: 120 } });
  });

  it('read the head of a fast chain once per epoch', async () => {
    facts = new ChainFacts((source = new ScriptedChainSource({ blockDelaySeconds: 1 })), config, clock);
    await facts.head();
    clock.advance(1_001);
    await facts.head();
    await settle();
    expect(source.asked.get('head')).toBe(2);
  });

  it('outlive a node that is away for a moment, but not for more than a minute', async () => {
    await facts.head();
    source.down = true;
    clock.advance(30_000);
    expect((await facts.head()).ageMs).toBe(30_000);
    await settle();
    clock.advance(31_000);
    await expect(facts.head()).rejects.toBeInstanceOf(ChainUnavailable);
    source.down = false;
    expect((await facts.head()).ageMs).toBe(0);
  });

  it('recover from a node that was away at the start', async () => {
    source.down = true;
    await expect(facts.head()).rejects.toBeInstanceOf(ChainUnavailable);
    source.down = false;
    expect((await facts.head()).value.height).toBe(120);
  });

  it('turn epochs into dates and back, counted from the head', async () => {
    const epochs = await facts.epochClock();
    expect(epochs.toDate(120)).toEqual(new Date('2026-01-01T01:00:00Z'));
    expect(epochs.toDate(120 + 2880)).toEqual(new Date('2026-01-02T01:00:00Z'));
    expect(epochs.toEpoch(new Date('2026-01-01T01:00:29Z'))).toBe(120);
    expect(epochs.toEpoch(epochs.toDate(7))).toBe(7);
  });

  it('give a page no dates rather than let it wait for a node that is away or slow', async () => {
    expect((await facts.epochClockOrNull())?.height).toBe(120);
    const silent = new ScriptedChainSource();
    silent.head = () => new Promise(() => undefined);
    expect(await new ChainFacts(silent, config, clock).epochClockOrNull(10)).toBeNull();
    source.down = true;
    expect(await new ChainFacts(source, config, clock).epochClockOrNull()).toBeNull();
  });

  it('are asked for again when the very first answer did not come', async () => {
    source.down = true;
    await expect(facts.epochClock()).rejects.toThrow(ChainUnavailable);
    source.down = false;
    expect((await facts.epochClock()).blockDelaySeconds).toBe(30);
    await facts.epochClock();
    expect(source.asked.get('timing')).toBe(2);
  });

  it('give the price that an operator set, with its age, and do not make one up', () => {
    expect(facts.filPrice()).toBeNull();
    const priced = new ChainFacts(source, AppConfig.parse({ FIL_USD: '4.20' }), clock);
    clock.advance(5_000);
    expect(priced.filPrice()).toMatchObject({ usd: '4.20', ageMs: 5_000 });
  });
});
