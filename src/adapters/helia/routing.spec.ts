import { describe, expect, it } from '@jest/globals';
import type { KadDHT } from '@libp2p/kad-dht';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { AppConfig } from '../../config/index.js';
import { cidOf, RAW } from '../../ipld/index.js';
import { DhtRouting, NO_ROUTING, ProviderSearch, routingNames, routingSettings, type FoundPeer } from './routing.js';

const never = new AbortController().signal;
const root = cidOf(RAW, Uint8Array.of(1));
const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';

const settingsOf = (values: Record<string, string>) =>
  routingSettings(AppConfig.parse({ DATABASE_URL: 'postgres://unused', ...values }));

describe('what the node asks and tells', () => {
  it('is nobody on loopback', () => {
    const settings = settingsOf({ LIBP2P_LISTEN: '/ip4/127.0.0.1/tcp/0' });
    expect(settings).toEqual(NO_ROUTING);
    expect(routingNames(settings)).toEqual([]);
  });

  it('is what the settings name, and the public DHT is entered by its own bootstrap peers', () => {
    const settings = settingsOf({
      LIBP2P_LISTEN: '/ip4/0.0.0.0/tcp/4001',
      IPFS_ROUTING: 'dht,delegated',
      DELEGATED_ROUTING_URLS: 'https://routing.example',
      TRUSTLESS_GATEWAY_URLS: 'https://gateway.example',
    });
    expect(settings).toMatchObject({ dht: 'amino', delegated: ['https://routing.example'], gateways: [] });
    expect(settings.bootstrap.length).toBeGreaterThan(0);
    expect(routingNames(settings)).toEqual(['dht', 'delegated']);
  });
});

describe('the search for providers', () => {
  const peers = (count: number, name = 'peer'): FoundPeer[] =>
    Array.from({ length: count }, (_, n) => ({ id: `${name} ${n}`, addresses: [] }));
  const source = (found: FoundPeer[], error?: Error) =>
    async function* () {
      yield* found;
      await Promise.resolve();
      if (error) throw error;
    };
  const searched = async (...sources: ReturnType<typeof source>[]) => {
    const found: string[] = [];
    await new ProviderSearch(sources).run(root, never, ({ id }) => found.push(id));
    return found;
  };

  it('names each peer once, whoever knows of it', async () => {
    expect(await searched(source(peers(2)), source([...peers(2), ...peers(1, 'other')]))).toEqual(
      expect.arrayContaining(['peer 0', 'peer 1', 'other 0']),
    );
    expect(await searched(source(peers(2)), source(peers(2)))).toHaveLength(2);
  });

  it('takes twenty of each source, and goes on without one that fails', async () => {
    expect(await searched(source(peers(100)))).toHaveLength(20);
    expect(await searched(source(peers(1), new Error('HTTP 500')), source(peers(2, 'other')))).toHaveLength(3);
  });

  it('is possible only where somebody can be asked', () => {
    expect([new ProviderSearch([]).isPossible, new ProviderSearch([source([])]).isPossible]).toEqual([false, true]);
  });
});

describe('the DHT', () => {
  const played = (told: number, error: Error | null, forgotten: string[] = []) =>
    new DhtRouting({
      async *provide() {
        yield { name: 'QUERY_ERROR' };
        for (let n = 0; n < told; n += 1) yield { name: 'PEER_RESPONSE', messageName: 'ADD_PROVIDER' };
        await Promise.resolve();
        if (error) throw error;
      },
      async *findProviders() {
        yield { name: 'PEER_RESPONSE' };
        yield await Promise.resolve({
          name: 'PROVIDER',
          providers: [{ id: peerIdFromString(PEER), multiaddrs: [multiaddr('/ip4/8.8.8.8/tcp/1')] }],
        });
      },
      cancelReprovide: (key: typeof root) => Promise.resolve(void forgotten.push(key.toString())),
    } as unknown as KadDHT);

  it('says how many were told, also when the walk broke off after some', async () => {
    expect(await played(3, null).announce(root, never)).toBe(3);
    expect(await played(2, new Error('cut')).announce(root, never)).toBe(2);
    await expect(played(0, new Error('cut')).announce(root, never)).rejects.toThrow('cut');
  });

  it("never keeps a root in the library's own list, which would be announced again by itself", async () => {
    const forgotten: string[] = [];
    await played(1, null, forgotten).announce(root, never);
    await played(0, new Error('cut'), forgotten)
      .announce(root, never)
      .catch(() => undefined);
    expect(forgotten).toEqual([root.toString(), root.toString()]);
  });

  it('names who has it', async () => {
    const found: FoundPeer[] = [];
    for await (const peer of played(0, null).providers(root, never)) found.push(peer);
    expect(found).toEqual([{ id: PEER, addresses: ['/ip4/8.8.8.8/tcp/1'] }]);
  });
});
