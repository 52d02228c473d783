import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LaunchRefused } from './launch.errors.js';
import { untilReady } from './readiness.js';

describe('waiting until the platform is ready', () => {
  let answers: [status: number, body: string][];
  let asked: number;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    [answers, asked] = [[], 0];
    server = createServer((_, response) => {
      const [status, body] = answers[Math.min(asked++, answers.length - 1)] ?? [503, ''];
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`;
  });
  afterEach(() => void server.close());

  const waiting = (givenUp: () => string | null = () => null, signal = new AbortController().signal) =>
    untilReady(url, { signal, givenUp }, () => undefined);

  it('ends with the first 200', async () => {
    answers = [
      [503, 'no worker'],
      [503, 'no worker'],
      [200, 'ok'],
    ];
    await waiting();
    expect(asked).toBe(3);
  });

  it('goes on while nobody listens yet', async () => {
    await new Promise((resolve) => server.close(resolve));
    const { port } = new URL(url);
    answers = [[200, 'ok']];
    const ready = waiting();
    setTimeout(() => server.listen(Number(port), '127.0.0.1'), 150);
    await ready;
    expect(asked).toBe(1);
  });

  it('is refused, with its reason, once there is nothing to wait for', async () => {
    answers = [[503, 'no worker']];
    const refused = waiting(() => (asked > 1 ? 'worker does not start' : null));
    await expect(refused).rejects.toThrow(new LaunchRefused('worker does not start'));
  });

  it('ends when the start is called off', async () => {
    answers = [[503, 'no worker']];
    await expect(waiting(undefined, AbortSignal.timeout(100))).rejects.toThrow(/abort/i);
  });
});
