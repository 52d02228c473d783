import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { until } from '../../../test/support/until.js';
import { cidOf, RAW } from '../../ipld/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { HeliaFetchSession, type FetchingNode } from './helia-fetch-session.js';
import { ProviderSearch, type FoundPeer } from './routing.js';

const never = new AbortController().signal;
const bytes = Uint8Array.of(1, 2, 3);
const cid = cidOf(RAW, bytes);
const ORIGIN = '/ip4/8.8.8.8/tcp/1';

/** A node whose wants are answered when the test says so, and that writes down whom it dials and whom it asks. */
class PlayedNode implements FetchingNode {
  readonly peerId = 'us';
  readonly dialled: string[] = [];
  readonly searched: string[] = [];
  readonly found: FoundPeer[] = [];
  wants = 0;
  gateways: FetchingNode['gateways'];
  reachable = (_address: string): boolean => true;
  private answer: ((bytes: Uint8Array) => void) | undefined;

  search = new ProviderSearch([
    (root) => {
      this.searched.push(root.toString());
      return fromArray(this.found);
    },
  ]);

  block = (_cid: CID, signal: AbortSignal): Promise<Uint8Array> => {
    this.wants += 1;
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      signal.addEventListener('abort', () => reject(new Error('cut')), { once: true });
    });
  };

  send(): void {
    this.answer?.(bytes);
  }

  isConnected = () => false;
  rejoin = () => Promise.resolve();

  dial = async (address: { toString(): string }): Promise<void> => {
    this.dialled.push(address.toString());
    if (!this.reachable(address.toString())) throw new Error('nobody there');
    return Promise.resolve();
  };

  dialFound = async ({ id }: FoundPeer): Promise<void> => {
    this.dialled.push(id);
    if (!this.reachable(id)) throw new Error('nobody there');
    return Promise.resolve();
  };
}

async function* fromArray<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
  await Promise.resolve();
}

function sessionOf(node: PlayedNode, over: { origins?: string[]; quietMs?: number; here?: boolean } = {}) {
  const sources: number[] = [];
  const session = new HeliaFetchSession(
    node,
    cid,
    {
      origins: over.origins ?? [ORIGIN],
      signal: never,
      have: () => Promise.resolve(over.here === true ? bytes : null),
      onSources: (count) => sources.push(count),
    },
    { policy: AddressPolicy.PUBLIC_ONLY, quietMs: over.quietMs ?? 10_000, bitswapFirstMs: 30 },
  );
  return { session, sources };
}

describe('a fetch through Helia', () => {
  it('asks for no block that is here, and for none that cannot be verified', async () => {
    const node = new PlayedNode();
    const { session } = sessionOf(node, { here: true });
    expect(await session.load(cid, never)).toBe(bytes);
    const unknown = CID.createV1(RAW, Digest.create(0x22, new Uint8Array(8)));
    await expect(session.load(unknown, never)).rejects.toMatchObject({ code: 'ERR_PIN_UNSUPPORTED' });
    expect(node.wants).toBe(0);
  });

  it('dials its origins, and asks nobody else while one of them answers', async () => {
    const node = new PlayedNode();
    const { session, sources } = sessionOf(node, { origins: [ORIGIN, '/ip4/10.0.0.1/tcp/1', 'nonsense'] });
    session.open();
    await until(() => sources.length === 1);
    await sleep(10);
    expect([node.dialled, node.searched, sources]).toEqual([[ORIGIN], [], [1]]);
    session.close();
  });

  it('asks the routing systems for the root when no origin answers, and dials each peer once, itself never', async () => {
    const node = new PlayedNode();
    node.found.push({ id: 'a', addresses: [] }, { id: 'us', addresses: [] }, { id: 'b', addresses: [] });
    node.reachable = (address) => address !== ORIGIN && address !== 'b';
    const { session, sources } = sessionOf(node);
    session.open();
    await until(() => node.dialled.length === 3);
    expect([node.searched, node.dialled]).toEqual([[cid.toString()], [ORIGIN, 'a', 'b']]);
    await until(() => sources.length === 1);
    session.close();
  });

  it('wants a block again when nothing comes, dials again, and asks who has it', async () => {
    const node = new PlayedNode();
    const { session } = sessionOf(node, { quietMs: 50 });
    session.open();
    const block = session.load(cid, never);
    await until(() => node.wants >= 2 && node.searched.length > 0);
    expect(node.dialled.length).toBeGreaterThanOrEqual(2);
    node.send();
    expect(await block).toEqual(bytes);
    session.close();
  });

  it('takes a block from a gateway while bitswap is silent, and counts that as a source', async () => {
    const node = new PlayedNode();
    node.gateways = { block: () => Promise.resolve(bytes) } as unknown as FetchingNode['gateways'];
    const { session, sources } = sessionOf(node, { origins: [] });
    expect(await session.load(cid, never)).toEqual(bytes);
    expect(sources).toEqual([1]);
    session.close();
  });

  it('wants nothing any more when it is closed, and starts no further round', async () => {
    const node = new PlayedNode();
    const { session } = sessionOf(node, { quietMs: 30 });
    session.open();
    const block = session.load(cid, never);
    await until(() => node.wants >= 1);
    session.close();
    await expect(block).rejects.toThrow();
    const before = [node.wants, node.dialled.length];
    await sleep(80);
    expect([node.wants, node.dialled.length]).toEqual(before);
  });
});
