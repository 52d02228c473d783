import { describe, expect, it } from '@jest/globals';
import { minerId } from '../../shared/index.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { drawMiners } from './draw-miners.js';
import type { Miner } from './miner.js';
import { type Evidence, scoreOf } from './score.js';
import { unmeasured } from './success.js';

const now = new Date('2026-05-20T12:00:00Z');

function minerOf(n: number, rest: Partial<Miner> = {}): Miner {
  return {
    address: minerId(`f0${1000 + n}`),
    peerId: null,
    addresses: [],
    httpUrl: null,
    owner: null,
    worker: null,
    name: '',
    version: null,
    suspended: false,
    suspendedReason: null,
    suspendedUntil: null,
    suspendedBy: null,
    suspendedSince: null,
    judgedFrom: null,
    score: null,
    heldDeals: 0,
    region: null,
    breaker: { failures: 0, openUntil: null },
    success: unmeasured,
    ask: null,
    askError: null,
    createdAt: now,
    ...rest,
  };
}

const scored = (n: number, value: number, rest: Partial<Miner> = {}) =>
  minerOf(n, { score: { value, evidence: 50 }, ...rest });

/** How often each came first, of many draws. */
function firsts(miners: readonly Miner[], draws: number, more: Partial<Parameters<typeof drawMiners>[2]> = {}) {
  const random = new SeededRandom(3);
  const counts = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const [first] = drawMiners(miners, miners, { exploration: 0.1, random: () => random.next(), now, ...more });
    counts.set(String(first?.address), (counts.get(String(first?.address)) ?? 0) + 1);
  }
  return (n: number) => counts.get(`f0${1000 + n}`) ?? 0;
}

/** Twelve miners; the first is the best there can be, the last two are bad; deals that they take are evidence. */
function simulate(deals: number, miners: { quality: number; region: string }[]) {
  const random = new SeededRandom(11);
  const evidence = new Map<number, Evidence[]>(miners.map((_, n) => [n, []]));
  const held = miners.map(() => 0);
  const chosen = miners.map(() => 0);
  let overCap = 0;
  let population = miners.map(({ region }, n) => minerOf(n, { region }));
  for (let deal = 0; deal < deals; deal++) {
    if (deal % 100 === 0)
      population = population.map((miner, n) => {
        const { score, evidence: known } = scoreOf(evidence.get(n) ?? [], now);
        return { ...miner, score: { value: score, evidence: known } };
      });
    population = population.map((miner, n) => ({ ...miner, heldDeals: held[n] as number }));
    const [first] = drawMiners(population, population, {
      exploration: 0.1,
      random: () => random.next(),
      now,
      shareCap: 0.25,
    });
    const n = population.findIndex(({ address }) => address === first?.address);
    chosen[n] = (chosen[n] as number) + 1;
    const ok = random.next() < (miners[n]?.quality ?? 0);
    if (ok) held[n] = (held[n] as number) + 1;
    const all = held.reduce((sum, one) => sum + one, 0);
    if (all > 100 && (held[n] as number) > 0.25 * all + 1) overCap += 1;
    const outcome = { at: now, successes: ok ? 1 : 0, failures: ok ? 0 : 1 };
    for (const dimension of ['accept', 'seal', 'retrieve'] as const)
      addTo(evidence.get(n) ?? [], { ...outcome, dimension });
  }
  return { chosen, held, overCap };
}

/** One row for each dimension: a roll-up, as statistics hand them over. */
function addTo(rows: Evidence[], one: Evidence): void {
  const row = rows.find(({ dimension }) => dimension === one.dimension);
  if (row) Object.assign(row, { successes: row.successes + one.successes, failures: row.failures + one.failures });
  else rows.push(one);
}

describe('the draw over 10,000 simulated deals', () => {
  const good = Array.from({ length: 9 }, (_, n) => ({ quality: 0.9, region: n % 2 ? 'EU' : 'US' }));
  const miners = [
    { quality: 1, region: 'EU' },
    ...good,
    { quality: 0.05, region: 'US' },
    { quality: 0.1, region: 'EU' },
  ];
  const { chosen, held, overCap } = simulate(10_000, miners);

  it('gives no miner more than its share', () => {
    expect(overCap).toBe(0);
    const all = held.reduce((sum, one) => sum + one, 0);
    expect(Math.max(...held)).toBeLessThanOrEqual(0.25 * all + 1);
  });

  it('explores every eligible miner', () => {
    // A tenth of all draws goes to anybody: 83 to each of twelve, give or take.
    expect(Math.min(...chosen)).toBeGreaterThan(50);
  });

  it('gives bad miners little, and good ones alike', () => {
    expect(Math.max(...chosen.slice(10))).toBeLessThan(300);
    const fine = chosen.slice(1, 10);
    expect(Math.min(...fine)).toBeGreaterThan(400);
  });

  it('holds a dominant miner at its share even when all others are worse', () => {
    const lone = simulate(3_000, [{ quality: 1, region: 'EU' }, ...good.map((one) => ({ ...one, quality: 0.15 }))]);
    expect(lone.overCap).toBe(0);
  });
});

describe('the draw', () => {
  it('follows the score', () => {
    const first = firsts([scored(0, 80), scored(1, 40), scored(2, 10)], 2_000);
    expect(first(0)).toBeGreaterThan(3 * first(1));
    expect(first(1)).toBeGreaterThan(first(2));
    expect(first(2)).toBeGreaterThan(30);
  });

  it('takes a miner of which nothing is known for an average one', () => {
    const first = firsts([scored(0, 80), scored(1, 10), minerOf(2, { score: { value: 5, evidence: 0 } })], 2_000);
    expect(first(2)).toBeGreaterThan(2 * first(1));
    expect(first(2)).toBeLessThan(first(0));
  });

  it('puts who has its share already behind all others, and still names it', () => {
    const miners = [
      scored(0, 90, { heldDeals: 60 }),
      ...Array.from({ length: 9 }, (_, n) => scored(n + 1, 20, { heldDeals: 5 })),
    ];
    const random = new SeededRandom(5);
    for (let i = 0; i < 100; i++) {
      const order = drawMiners(miners, miners, { exploration: 0.1, random: () => random.next(), now, shareCap: 0.25 });
      expect(order.at(-1)?.address).toBe(miners[0]?.address);
      expect(new Set(order).size).toBe(10);
    }
  });

  it('gives a platform with a few miners and deals what there is', () => {
    const miners = [scored(0, 90, { heldDeals: 5 }), scored(1, 90)];
    expect(firsts(miners, 200, { shareCap: 0.25 })(0)).toBeGreaterThan(50);
  });

  it('prefers owners that have no copy yet, and never leaves one out for that', () => {
    const miners = [0, 1, 2, 3].map((n) => scored(n, 50, { owner: n < 2 ? 'f01' : `f0${n}` }));
    const random = new SeededRandom(5);
    for (let i = 0; i < 100; i++) {
      const draw = { exploration: 0.1, random: () => random.next(), now };
      const order = drawMiners(miners, miners, draw).map(({ owner }) => owner);
      expect(new Set(order.slice(0, 3)).size).toBe(3);
      expect(order).toHaveLength(4);
      const holders = [miners[0]?.address as Miner['address']];
      expect(drawMiners(miners.slice(1), miners, { ...draw, holders }).at(-1)?.owner).toBe('f01');
    }
  });

  it('keeps half of the copies out of any one region while others have room', () => {
    const miners = Array.from({ length: 12 }, (_, n) => scored(n, n < 8 ? 90 : 20, { region: n < 8 ? 'EU' : 'US' }));
    const random = new SeededRandom(5);
    for (let i = 0; i < 100; i++) {
      const six = drawMiners(miners, miners, { exploration: 0.1, random: () => random.next(), now }).slice(0, 6);
      expect(six.filter(({ region }) => region === 'EU')).toHaveLength(3);
    }
  });
});
