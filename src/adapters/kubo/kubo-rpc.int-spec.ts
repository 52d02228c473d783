import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KuboRpc } from './kubo-rpc.js';

type Behaviour = (query: IncomingMessage, answer: ServerResponse) => void;

const never = new AbortController().signal;
const json = (answer: ServerResponse, status: number, body: unknown) =>
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const stream = (answer: ServerResponse) => answer.writeHead(200, { trailer: 'X-Stream-Error' });

describe("Kubo's RPC, when it misbehaves", () => {
  let behave: Behaviour = () => undefined;
  const server = createServer((query, answer) => behave(query, answer));
  let rpc: KuboRpc;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    rpc = new KuboRpc({ url: url() });
  });
  afterAll(async () => {
    await rpc.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bytes = (options = {}) => rpc.bytes('block/get', { arg: 'x' }, { signal: never, ...options });
  const objects = (options = {}) => rpc.objects('dag/import', {}, { signal: never, ...options });

  it('a trailer that says it broke off turns what came before into nothing', async () => {
    behave = (_query, answer) => {
      stream(answer).write('half of it');
      answer.addTrailers({ 'X-Stream-Error': 'walk failed: block was not found' });
      answer.end();
    };
    await expect(bytes()).rejects.toMatchObject({
      code: 'ERR_IPFS_NODE_REFUSED',
      retryable: true,
      reason: 'walk failed: block was not found',
    });
  });

  it('an error object in the middle of a stream is an error, and so is an Err field', async () => {
    behave = (_query, answer) => stream(answer).end('{"Root":{}}\n{"Message":"boom","Code":0,"Type":"error"}\n');
    await expect(objects()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_REFUSED', reason: 'boom' });
    behave = (_query, answer) =>
      stream(answer).end('{"Ref":"a","Err":""}\n{"Ref":"","Err":"failed to fetch all nodes"}\n');
    await expect(objects()).rejects.toMatchObject({ reason: 'failed to fetch all nodes' });
  });

  it('hands on what Kubo says under 500, without the paths of its machine', async () => {
    behave = (_query, answer) =>
      json(answer, 500, {
        Message: 'open /data/ipfs/blocks/XY/put-1: no space left on device\nat line 2',
        Code: 0,
        Type: 'error',
      });
    await expect(bytes()).rejects.toThrow('the IPFS node refused block/get: open (path): no space left on device');
    await expect(bytes()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_REFUSED' });
  });

  it('a body that ends early is no answer', async () => {
    behave = (_query, answer) => {
      answer.writeHead(200, { 'content-length': '100' }).write('short');
      setTimeout(() => answer.destroy(), 20);
    };
    await expect(bytes()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_UNREACHABLE', retryable: true });
    behave = (_query, answer) => {
      answer.writeHead(200).write('a chunk without the last one');
      setTimeout(() => answer.destroy(), 20);
    };
    await expect(bytes()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_UNREACHABLE' });
    behave = (_query, answer) => stream(answer).end('{"Root":');
    await expect(objects()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_ANSWER_BROKEN' });
  });

  it('hangs no longer than it may: before the answer, inside it, and altogether', async () => {
    behave = () => undefined;
    await expect(bytes({ timeoutMs: 200 })).rejects.toMatchObject({
      code: 'ERR_IPFS_NODE_UNREACHABLE',
      message: 'the IPFS node did not finish block/get in 0.2 s',
    });
    await expect(bytes({ idleTimeoutMs: { first: 1_100, next: 0 } })).rejects.toMatchObject({
      code: 'ERR_IPFS_NODE_UNREACHABLE',
    });
    behave = (_query, answer) => {
      stream(answer).write('and then nothing');
    };
    await expect(bytes({ idleTimeoutMs: { first: 0, next: 1_100 } })).rejects.toMatchObject({
      code: 'ERR_IPFS_NODE_UNREACHABLE',
    });
  });

  it("ends with the signal's reason, and Kubo sees that nobody waits", async () => {
    const gone = new Promise<void>((resolve) => {
      behave = (query) => query.once('close', resolve);
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 100);
    await expect(bytes({ signal: stop.signal })).rejects.toThrow('enough');
    await gone;
  });

  it('does not take more than was agreed', async () => {
    behave = (_query, answer) => answer.end(randomBytes(3_000));
    await expect(bytes({ mostBytes: 2_999 })).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_ANSWER_BROKEN' });
  });

  it('tells nobody there, a proxy, and a closed door apart from a refusal', async () => {
    behave = (_query, answer) => answer.writeHead(502).end('<html>bad gateway</html>');
    await expect(bytes()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_UNREACHABLE' });
    behave = (_query, answer) => answer.writeHead(403).end('403 - Forbidden');
    await expect(bytes()).rejects.toMatchObject({ code: 'ERR_IPFS_NODE_FORBIDDEN', retryable: true });
    await expect(new KuboRpc({ url: 'http://127.0.0.1:1' }).bytes('id', {}, { signal: never })).rejects.toThrow(
      'the IPFS node cannot be reached for id: ECONNREFUSED',
    );
  });

  it('sends a form while it is made, with little of it in memory', async () => {
    let got = 0;
    behave = (query, answer) => {
      query.on('data', (part: Buffer) => {
        got += part.length;
      });
      query.on('end', () => stream(answer).end('{"Stats":{}}\n'));
    };
    const chunk = randomBytes(256 * 1024);
    let made = 0;
    let ahead = 0;
    const body = async function* () {
      for (let n = 0; n < 256; n++) {
        yield chunk;
        made += chunk.length;
        ahead = Math.max(ahead, made - got);
      }
    };
    await objects({ form: { type: 'multipart/form-data; boundary=x', body: body() } });
    expect(got).toBe(256 * chunk.length);
    expect(ahead).toBeLessThan(16 * 1024 ** 2);
  }, 20_000);

  it('does not wait for ever for a Kubo that takes nothing more; a slow source is no such thing', async () => {
    behave = (query) => {
      query.pause();
    };
    const endless = async function* () {
      for (;;) yield await Promise.resolve(randomBytes(64 * 1024));
    };
    const form = (body: AsyncIterable<Uint8Array>) => ({
      form: { type: 'multipart/form-data; boundary=x', body },
      idleTimeoutMs: { first: 0, next: 500 },
    });
    await expect(objects(form(endless()))).rejects.toMatchObject({
      code: 'ERR_IPFS_NODE_UNREACHABLE',
      message: 'the IPFS node does not take what it is sent for dag/import',
    });
    behave = (query, answer) => {
      query.resume().on('end', () => stream(answer).end('{}\n'));
    };
    const slow = async function* () {
      yield randomBytes(10);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      yield randomBytes(10);
    };
    expect(await objects(form(slow()))).toHaveLength(1);
  });

  it('says what the form failed with, not that the line was cut', async () => {
    behave = (query) => {
      query.resume();
    };
    const body = async function* () {
      yield randomBytes(10);
      await Promise.resolve();
      throw new Error('the disk is gone');
    };
    await expect(objects({ form: { type: 'multipart/form-data; boundary=x', body: body() } })).rejects.toThrow(
      'the disk is gone',
    );
  });

  it('shows the secret in the header that Kubo compares, and nowhere else', async () => {
    const seen: (string | undefined)[] = [];
    behave = (query, answer) => {
      if (query.url?.endsWith('/id')) seen.push(query.headers.authorization, query.url);
      answer.writeHead(403).end();
    };
    for (const auth of ['user:secret', 'bearer:secret']) {
      await expect(
        new KuboRpc({ url: `${url()}/api/v0/`, auth }).bytes('id', {}, { signal: never }),
      ).rejects.not.toThrow(/secret/);
    }
    expect(seen).toEqual([
      `Basic ${Buffer.from('user:secret').toString('base64')}`,
      '/api/v0/id',
      'Bearer secret',
      '/api/v0/id',
    ]);
  });
});
