import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';

/** Something on this machine that counts who calls; it says nothing. */
class Listener {
  calls = 0;
  private constructor(private readonly server: Server) {}

  static async open(host: string): Promise<Listener> {
    const server = createServer();
    const listener = new Listener(server);
    server.on('connection', (socket) => {
      listener.calls += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return listener;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
  }
}

/** Every way to say "this machine" in an origin. */
const waysInside = (port: number): string[] =>
  [
    '/ip4/127.0.0.1',
    '/ip4/127.0.0.2',
    '/ip4/127.255.255.254',
    '/ip4/0.0.0.0',
    '/ip6/::1',
    '/ip6/::',
    '/ip6/::ffff:127.0.0.1',
    '/ip6/::ffff:7f00:1',
    '/ip6/64:ff9b::7f00:1',
    '/dns4/localhost',
    '/dns6/localhost',
    '/dns/localhost',
    '/dnsaddr/localhost',
    '/dns4/127.0.0.1',
    '/dns4/2130706433',
    '/dns4/0x7f000001',
    '/dns4/127.1',
    '/ip6zone/lo/ip6/::1',
  ].map((host) => `${host}/tcp/${port}/p2p/${PEER}`);

describe('whoever has a key', () => {
  let platform: Platform;
  let opened: Listener;
  let closed: Listener;
  beforeAll(async () => {
    opened = await Listener.open('127.0.0.1');
    // On every address of this machine, of both families.
    closed = await Listener.open('::');
    platform = await Platform.create({ LIBP2P_DIAL_PRIVATE: `127.0.0.1:${opened.port}` });
    await platform.start(600_000);
  }, 600_000);
  afterAll(async () => {
    await platform?.destroy();
    opened?.close();
    closed?.close();
  }, 60_000);

  it('has the worker connect to a port of this machine only where the operator opened that port', async () => {
    const ways = waysInside(closed.port);
    const pins: string[] = [];
    for (const origins of [ways.slice(0, 9), ways.slice(9), [`/ip4/127.0.0.1/tcp/${closed.port}`]]) {
      const cid = CID.createV1(raw.code, await sha256.digest(Buffer.from(randomUUID())));
      // The last one may be dialled: once it was, the others of the pin have been judged.
      const last = `/ip4/127.0.0.1/tcp/${opened.port}/p2p/${PEER}`;
      const { requestid } = await platform.json<{ requestid: string }>('POST', '/pinning/pins', {
        cid: cid.toString(),
        origins: [...origins, last],
      });
      pins.push(requestid);
    }
    await until(() => Promise.resolve(opened.calls >= pins.length), {
      timeoutMs: 60_000,
      intervalMs: 50,
      what: `the opened port is called for each pin (${opened.calls} calls)`,
    });
    // A second round, which dials everything again, comes six seconds after the first.
    const before = opened.calls;
    await until(() => Promise.resolve(opened.calls >= before + pins.length), {
      timeoutMs: 60_000,
      intervalMs: 50,
      what: 'the opened port is called again',
    });
    expect(closed.calls).toBe(0);
  }, 150_000);
});
