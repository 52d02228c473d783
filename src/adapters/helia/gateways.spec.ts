import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/until.js';
import { cidOf, RAW } from '../../ipld/index.js';
import { GatewayFallback } from './gateways.js';

const never = new AbortController().signal;
const cid = (n: number) => cidOf(RAW, Uint8Array.of(n));

/** Gateways that answer when the test says so. */
class PlayedGateways {
  readonly asked: string[] = [];
  private readonly waiting: ((bytes: Uint8Array | null) => void)[] = [];

  block = (wanted: ReturnType<typeof cid>): Promise<Uint8Array | null> => {
    this.asked.push(wanted.toString());
    return new Promise((resolve) => this.waiting.push(resolve));
  };

  answer(bytes: Uint8Array | null): void {
    this.waiting.shift()?.(bytes);
  }
}

describe('the way to gateways', () => {
  it('is taken only when bitswap has brought nothing for a while', async () => {
    const gateways = new PlayedGateways();
    let lastBlockAt = performance.now();
    const fallback = new GatewayFallback(gateways, () => performance.now() - lastBlockAt, 100);
    const block = fallback.block(cid(1), never);
    await sleep(60);
    lastBlockAt = performance.now();
    await sleep(70);
    expect(gateways.asked).toEqual([]);
    await until(() => gateways.asked.length === 1);
    gateways.answer(Uint8Array.of(1));
    expect(await block).toEqual(Uint8Array.of(1));
  });

  it('is taken for eight blocks at once, the others in their order', async () => {
    const gateways = new PlayedGateways();
    const fallback = new GatewayFallback(gateways, () => Infinity);
    const blocks = Array.from({ length: 10 }, (_, n) => fallback.block(cid(n), never));
    await sleep(10);
    expect(gateways.asked).toHaveLength(8);
    for (let n = 0; n < 10; n += 1) {
      gateways.answer(Uint8Array.of(n));
      await sleep(1);
    }
    expect(gateways.asked).toEqual(Array.from({ length: 10 }, (_, n) => cid(n).toString()));
    expect(await Promise.all(blocks)).toEqual(Array.from({ length: 10 }, (_, n) => Uint8Array.of(n)));
  });

  it('is left when the fetch ends, also by those who wait their turn or for another try', async () => {
    const gateways = new PlayedGateways();
    const fallback = new GatewayFallback(gateways, () => Infinity);
    const over = new AbortController();
    const blocks = Array.from({ length: 9 }, (_, n) => fallback.block(cid(n), over.signal));
    await sleep(10);
    gateways.answer(null);
    await sleep(10);
    const ends = Promise.allSettled(blocks);
    over.abort(new Error('the fetch is over'));
    expect((await ends).map(({ status }) => status)).toEqual(blocks.map(() => 'rejected'));
    expect(gateways.asked).toHaveLength(9);
  });
});
