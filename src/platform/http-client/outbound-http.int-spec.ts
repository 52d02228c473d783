import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AddressPolicy, type Resolver } from '../net/index.js';
import { OutboundHttp } from './index.js';

const listening = async <T extends Server | TcpServer>(server: T): Promise<{ server: T; port: number }> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
};

describe('HTTP to where strangers say', () => {
  let answering: { server: Server; port: number };
  let secret: { server: TcpServer; port: number };
  /** Connections to the port that nobody opened. */
  let calls = 0;
  const open: OutboundHttp[] = [];
  const client = (policy: AddressPolicy) => {
    const http = new OutboundHttp(policy, 1_000);
    open.push(http);
    return http;
  };
  const get = (http: OutboundHttp, url: string) =>
    http.get(new URL(url), { headers: {}, signal: AbortSignal.timeout(5_000), idleMs: 1_000 });
  const opened = () => new AddressPolicy([`127.0.0.1:${answering.port}`]);

  beforeAll(async () => {
    secret = await listening(
      createTcpServer((socket) => {
        calls += 1;
        socket.destroy();
      }),
    );
    answering = await listening(
      createServer((request, response) => {
        if (request.url !== '/away') return void response.end('here');
        response.writeHead(302, { location: `http://127.0.0.1:${secret.port}/` }).end();
      }),
    );
  });
  afterAll(async () => {
    await Promise.all(open.map((http) => http.close()));
    answering.server.close();
    secret.server.close();
  });

  it('opens no connection to a private address, however its number is written or named', async () => {
    const http = client(opened());
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '0.0.0.0',
      '0',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[64:ff9b::7f00:1]',
      '169.254.169.254',
    ])
      await expect(get(http, `http://${host}:${secret.port}/`)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    await expect(get(http, `https://127.0.0.1:${secret.port}/`)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(calls).toBe(0);
  });

  it('connects where the operator opened an address and its port', async () => {
    const answer = await get(client(opened()), `http://127.0.0.1:${answering.port}/`);
    expect(await answer.body.text()).toBe('here');
  });

  it('hands a redirect back and does not follow it', async () => {
    const answer = await get(client(opened()), `http://127.0.0.1:${answering.port}/away`);
    await answer.body.dump();
    expect(answer.statusCode).toBe(302);
    expect(calls).toBe(0);
  });

  it('asks the resolver once: a name that was public a moment ago and is private now leads nowhere', async () => {
    // In the place of a public address stands one that was opened, beside one on this machine that was not.
    const answers = ['127.0.0.1', '127.0.0.2'];
    let asked = 0;
    const resolver: Resolver = (_name, _options, done) =>
      process.nextTick(() => done(null, [{ address: answers[asked++] ?? '127.0.0.2', family: 4 }]));
    const policy = new AddressPolicy([`127.0.0.1:${answering.port}`], resolver);
    const url = `http://rebinding.example:${answering.port}/`;
    const answer = await get(client(policy), url);
    expect([await answer.body.text(), asked]).toEqual(['here', 1]);
    await expect(get(client(policy), url)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(asked).toBe(2);
  });
});
