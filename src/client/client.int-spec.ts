import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addressOf, Api, platformOf } from './api.js';
import { clientCommands } from './commands.js';

describe('the commands for people with a key', () => {
  let server: Server;
  let folder: string;
  let api: Api;
  const asked: string[] = [];
  let lines: string[] = [];
  const output = { line: (text: string) => void lines.push(text), progress: () => undefined };
  const run = (name: string, ...args: string[]) => clientCommands[name]?.(api, args, output);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidewater-client-'));
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (data) => (body += String(data)));
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
        if (request.url === '/ipfs/bafy/a.txt') return void response.end('the bytes');
        if (request.url?.startsWith('/ipfs/'))
          return void response
            .writeHead(404)
            .end('{"error":{"code":404,"reason":"ERR_CONTENT_NOT_FOUND","details":"not here"}}');
        if (request.url?.startsWith('/content/add')) return void response.end('{"cid":"bafy","estuaryId":7}');
        if (request.url?.startsWith('/content/contents'))
          return void response.end('[{"id":7,"state":"stored","size":3,"cid":"bafy","name":"a"}]');
        response.end(
          '{"requestid":"r-1","status":"queued","info":{"status_details":"no source yet"},"pin":{"cid":"bafy"}}',
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    api = new Api({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'EST1ARY' });
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    lines = [];
    asked.length = 0;
  });

  it('upload a file, list, pin, and say how it stands', async () => {
    const file = path.join(folder, 'up load.txt');
    await writeFile(file, 'abc');
    await run('upload', file);
    expect([lines, asked]).toEqual([
      ['bafy is content 7'],
      ['PUT /content/add?filename=up%20load.txt Bearer EST1ARY abc'],
    ]);
    await run('ls');
    await run('pin', 'bafy', 'name');
    await run('status', '00000000-0000-4000-8000-000000000000');
    expect(lines.slice(1)).toEqual([
      '7\tstored\t3\tbafy\ta',
      'r-1\tqueued',
      '00000000-0000-4000-8000-000000000000\tqueued\tbafy\tno source yet',
    ]);
  });

  it('bring bytes into a file that is not there yet, and leave nothing behind when there are none', async () => {
    const target = path.join(folder, 'down.txt');
    await run('get', 'bafy/a.txt', target);
    expect(await readFile(target, 'utf8')).toBe('the bytes');
    await expect(run('get', 'bafy/a.txt', target)).rejects.toThrow('is there already');
    await expect(run('get', 'nowhere', path.join(folder, 'x'))).rejects.toThrow('404: ERR_CONTENT_NOT_FOUND: not here');
  });

  it('say in a sentence what is missing', async () => {
    await expect(run('upload', path.join(folder, 'nothing'))).rejects.toThrow('is not a file');
    await expect(run('status')).rejects.toThrow('of what?');
    const dead = new Api({ url: 'http://127.0.0.1:9', key: 'k' });
    await expect(clientCommands['ls']?.(dead, [], output)).rejects.toThrow('nobody answers at http://127.0.0.1:9');
    expect(() => platformOf({ TIDEWATER_DATA: folder })).toThrow('no key');
    expect(() => platformOf({ TIDEWATER_URL: 'nonsense', TIDEWATER_API_KEY: 'k' })).toThrow('no address');
  });

  it('find the platform that runs with the data folder', async () => {
    expect(addressOf(folder, undefined)).toBe('http://127.0.0.1:3004');
    await writeFile(path.join(folder, 'address.json'), '{"url":"http://127.0.0.1:4321"}');
    await writeFile(path.join(folder, 'admin.key'), 'EST2ARY\n');
    expect(platformOf({ TIDEWATER_DATA: folder })).toEqual({ url: 'http://127.0.0.1:4321', key: 'EST2ARY' });
    expect(platformOf({ TIDEWATER_DATA: folder, PORT: '5000' }).url).toBe('http://127.0.0.1:5000');
  });
});
