import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Multiaddr } from '@multiformats/multiaddr';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { until } from '../../../test/support/until.js';
import { cidOf, RAW } from '../../ipld/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { KuboFetchSession } from './kubo-fetch-session.js';
import { KuboAnswerBroken, KuboRefused, KuboUnreachable, KuboWrongBytes } from './kubo.errors.js';

const never = new AbortController().signal;
const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';
const OTHER = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5';
const bytes = Uint8Array.of(1, 2, 3);
const cid = cidOf(RAW, bytes);

/** Kubo's answers to `block/get`, one after the other, the last one for ever; and the peers that can be reached. */
class PlayedKubo {
  asked = 0;
  readonly dialled: string[] = [];
  reachable = (_address: string): boolean => true;

  constructor(private readonly answers: (Uint8Array | Error)[] = [bytes]) {}

  block = async (): Promise<Uint8Array> => {
    const answer = this.answers[Math.min(this.asked++, this.answers.length - 1)];
    if (answer instanceof Uint8Array) return answer;
    throw answer ?? new Error('no answer');
  };

  connect = async (address: Multiaddr): Promise<boolean> => {
    this.dialled.push(address.toString());
    return Promise.resolve(this.reachable(address.toString()));
  };

  wrongBytes = () => new KuboWrongBytes('other bytes');
}

function sessionOf(kubo: PlayedKubo, origins: string[] = [], policy = AddressPolicy.PUBLIC_ONLY) {
  const sources: number[] = [];
  const options = {
    origins,
    signal: never,
    have: async (): Promise<Uint8Array | null> => null,
    onSources: (n: number) => sources.push(n),
  };
  return { session: new KuboFetchSession(kubo, options, policy), sources, options };
}

describe('a fetch through Kubo', () => {
  it('asks for no block that is here, and for none that cannot be verified', async () => {
    const kubo = new PlayedKubo();
    const { session, options } = sessionOf(kubo);
    options.have = () => Promise.resolve(bytes);
    expect(await session.load(cid, never)).toBe(bytes);
    const unknown = CID.createV1(RAW, Digest.create(0x22, new Uint8Array(8)));
    await expect(session.load(unknown, never)).rejects.toMatchObject({ code: 'ERR_PIN_UNSUPPORTED' });
    expect(kubo.asked).toBe(0);
    session.close();
  });

  it('believes no bytes that have another hash', async () => {
    const { session } = sessionOf(new PlayedKubo([Uint8Array.of(9)]));
    await expect(session.load(cid, never)).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_WRONG_BYTES' });
    session.close();
  });

  it('waits while Kubo is away, and goes on', async () => {
    const kubo = new PlayedKubo([new KuboUnreachable('away'), bytes]);
    const { session } = sessionOf(kubo);
    expect(await session.load(cid, never)).toEqual(bytes);
    expect(kubo.asked).toBe(2);
    session.close();
  });

  it('asks again where Kubo says no, but an answer that broke off is the end of it', async () => {
    const refusing = new PlayedKubo([new KuboRefused('block/get', 'busy'), bytes]);
    const { session } = sessionOf(refusing);
    expect(await session.load(cid, never)).toEqual(bytes);
    session.close();
    const broken = sessionOf(new PlayedKubo([new KuboAnswerBroken('too long')])).session;
    await expect(broken.load(cid, never)).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_ANSWER_BROKEN' });
    broken.close();
  });

  it('ends while it waits when the fetch ends', async () => {
    const kubo = new PlayedKubo([new KuboUnreachable('away')]);
    const { session } = sessionOf(kubo);
    const over = new AbortController();
    const block = session.load(cid, over.signal);
    await until(() => kubo.asked === 1);
    over.abort(new Error('over'));
    await expect(block).rejects.toThrow();
    session.close();
  });

  it('connects to each origin by the first of its addresses that leads there, and counts peers', async () => {
    const kubo = new PlayedKubo();
    kubo.reachable = (address) => !address.includes('/tcp/1/');
    const { session, sources } = sessionOf(kubo, [
      `/ip4/8.8.8.8/tcp/1/p2p/${PEER}`,
      `/ip4/8.8.8.8/tcp/2/p2p/${PEER}`,
      `/ip4/8.8.8.8/tcp/3/p2p/${PEER}`,
      `/ip4/8.8.4.4/udp/4/quic-v1/p2p/${OTHER}`,
      '/ip4/8.8.8.8/tcp/5',
    ]);
    session.open();
    await until(() => sources.length === 2);
    expect(sources).toEqual([1, 2]);
    expect([...kubo.dialled].sort()).toEqual([
      `/ip4/8.8.4.4/udp/4/quic-v1/p2p/${OTHER}`,
      `/ip4/8.8.8.8/tcp/1/p2p/${PEER}`,
      `/ip4/8.8.8.8/tcp/2/p2p/${PEER}`,
    ]);
    session.close();
  });

  it('leads Kubo inside only where that is allowed', async () => {
    const inside = `/ip4/10.0.0.1/tcp/1/p2p/${PEER}`;
    const kubo = new PlayedKubo();
    const guarded = sessionOf(kubo, [inside]).session;
    guarded.open();
    await sleep(20);
    guarded.close();
    expect(kubo.dialled).toEqual([]);
    const open = sessionOf(kubo, [inside], AddressPolicy.PRIVATE_TOO).session;
    open.open();
    await until(() => kubo.dialled.length === 1);
    open.close();
  });
});
