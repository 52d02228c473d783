import { describe, expect, it } from '@jest/globals';
import type { Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { BlockServer } from './block-server.js';
import { repeatEnds, serveBy } from './bitswap-patch.js';

const PEER = peerIdFromString('12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf');

/** The parts of Helia that are reached into. */
function playedHelia() {
  const peerWantLists = {
    receiveMessage: (_peer: unknown, _message: unknown) => undefined,
    peerDisconnected: (_peer: unknown) => undefined,
    receivedBlock: () => Promise.resolve(),
  };
  const bitswap = { network: { _onStream: () => undefined }, peerWantLists };
  return { helia: { blockBrokers: [{ name: 'other' }, { name: 'bitswap', bitswap }] }, bitswap };
}

describe("what is mended in Helia's bitswap", () => {
  it('hands what peers want to our own server', () => {
    const { helia, bitswap } = playedHelia();
    const heard: unknown[] = [];
    const server = {
      receive: (...wants: unknown[]) => heard.push(wants),
      forget: (peer: unknown) => heard.push(peer),
    } as unknown as BlockServer;
    serveBy(server, helia);
    const wantlist = { entries: [] };
    bitswap.peerWantLists.receiveMessage(PEER, { wantlist });
    bitswap.peerWantLists.receiveMessage(PEER, {});
    bitswap.peerWantLists.peerDisconnected(PEER);
    expect(heard).toEqual([[PEER, wantlist], PEER]);
  });

  it('takes over the streams of the protocol, as many as before', async () => {
    const { helia } = playedHelia();
    const handled: unknown[] = [];
    const libp2p = {
      handle: (protocol: string, _: unknown, options: object) => Promise.resolve(handled.push([protocol, options])),
    };
    await repeatEnds({ ...helia, libp2p: libp2p as unknown as Libp2p });
    expect(handled).toEqual([
      ['/ipfs/bitswap/1.2.0', { force: true, maxInboundStreams: 1024, maxOutboundStreams: 1024 }],
    ]);
  });

  it('does not start on a Helia of another shape', () => {
    const server = {} as BlockServer;
    const { helia, bitswap } = playedHelia();
    for (const other of [{}, { blockBrokers: [] }, { blockBrokers: [{ name: 'bitswap' }] }])
      expect(() => serveBy(server, other)).toThrow('another way');
    Reflect.deleteProperty(bitswap.peerWantLists, 'peerDisconnected');
    expect(() => serveBy(server, helia)).toThrow('another way');
  });
});
