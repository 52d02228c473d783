import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { persistentSecret, prepareDataFolder } from './data-folder.js';
import { DataLock } from './data-lock.js';
import { isFree } from './free-port.js';
import { ChildRegistry } from './child-registry.js';
import { PortRegistry } from './port-registry.js';
import { LaunchRefused } from './launch.errors.js';
import { LogFile } from './log-file.js';
import { findProcess } from './process-identity.js';

let folder: string;
let sleepers: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidewater-launch-'));
  sleepers = [];
});

afterEach(() => {
  for (const child of sleepers) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function sleeper(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  sleepers.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

describe('the lock of a data folder', () => {
  it('refuses a second launcher and names the first', () => {
    const lock = DataLock.take(folder);
    expect(() => DataLock.take(folder)).toThrow(LaunchRefused);
    expect(() => DataLock.take(folder)).toThrow(new RegExp(`process ${process.pid}\\b`));
    lock.release();
    expect(DataLock.take(folder).wasAbandoned).toBe(false);
  });

  it('is free when its holder was killed, though nobody has waited for it yet, and not while it is stopped', async () => {
    const path = join(folder, 'locks', 'launcher.lock');
    const holder = spawn(process.execPath, ['test/support/hold-lock.mjs', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    sleepers.push(holder);
    await once(holder.stdout as NodeJS.ReadableStream, 'data');
    holder.kill('SIGSTOP');
    expect(() => DataLock.take(folder)).toThrow(new RegExp(`process ${holder.pid}\\b`));
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    expect(DataLock.take(folder).wasAbandoned).toBe(true);
  });

  it('of an earlier version is respected while its holder lives, and taken over when it was killed', async () => {
    const pid = await sleeper();
    writeFileSync(join(folder, 'launcher.lock'), JSON.stringify(findProcess(pid)));
    expect(() => DataLock.take(folder)).toThrow(LaunchRefused);
    const ended = once(sleepers[0] as ChildProcess, 'exit');
    process.kill(pid, 'SIGKILL');
    await ended;
    expect(DataLock.take(folder).wasAbandoned).toBe(true);
  });

  it('is taken over when a stranger has the number of its holder now', async () => {
    const pid = await sleeper();
    writeFileSync(join(folder, 'launcher.lock'), JSON.stringify({ pid, began: 'another boot/12345' }));
    expect(DataLock.take(folder).wasAbandoned).toBe(true);
  });

  it('is taken over when a crash left it unreadable, and nothing else is left lying about', () => {
    writeFileSync(join(folder, 'launcher.lock'), '');
    DataLock.take(folder);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['locks', 'locks/launcher.lock']);
  });
});

describe('the data folder', () => {
  it('is made with everything above it, closed to others', () => {
    const deep = join(folder, 'not', 'there', 'yet');
    prepareDataFolder(deep);
    expect(statSync(deep).mode & 0o066).toBe(0);
    expect(readdirSync(deep)).toEqual(['logs']);
  });

  it('is refused with a sentence where a file is in the way', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => prepareDataFolder(join(folder, 'file', 'data'))).toThrow(/in the way/);
  });

  (existsSync('/proc/self') ? it : it.skip)('is refused with a sentence where no folder can be made', () => {
    expect(() => prepareDataFolder('/proc/nowhere/at-all')).toThrow('/proc/nowhere');
  });

  it('keeps a secret that only its owner reads', () => {
    const path = join(folder, 'secret');
    const secret = persistentSecret(path);
    expect(persistentSecret(path)).toBe(secret);
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('the ports of inner services', () => {
  it('are different from each other and the same at the next start', async () => {
    const path = join(folder, 'ports.json');
    const first = await new PortRegistry(path).choose(['a', 'b', 'c']);
    expect(new Set(first).size).toBe(3);
    expect(await new PortRegistry(path).choose(['a', 'b', 'c'])).toEqual(first);
  });

  it('move out of the way of a stranger', async () => {
    const path = join(folder, 'ports.json');
    const [port = 0] = await new PortRegistry(path).choose(['a']);
    const stranger = createServer().listen(port, '127.0.0.1');
    await once(stranger, 'listening');
    expect(await isFree(port)).toBe(false);
    const [other] = await new PortRegistry(path).choose(['a']);
    expect(other).not.toBe(port);
    stranger.close();
  });
});

describe('processes that a killed launcher left running', () => {
  it('are waited for, and killed when they do not go', async () => {
    const path = join(folder, 'processes.json');
    const pid = await sleeper();
    new ChildRegistry(path).add('api', pid);
    expect(await new ChildRegistry(path).endLeftovers(200)).toEqual(['api']);
    expect(findProcess(pid)).toBeNull();
  });

  it('are left alone when the number belongs to a stranger now', async () => {
    const path = join(folder, 'processes.json');
    const pid = await sleeper();
    writeFileSync(path, JSON.stringify({ api: { pid, began: 'another boot/1' } }));
    expect(await new ChildRegistry(path).endLeftovers(50)).toEqual([]);
    expect(findProcess(pid)).not.toBeNull();
  });
});

describe('a log file', () => {
  it('turns over at its limit, between lines, and keeps only the newest', () => {
    const path = join(folder, 'api.log');
    const log = new LogFile(path, 100, 2);
    for (let n = 0; n < 40; n++) {
      log.write(`line ${n} `);
      log.write('is complete\n');
    }
    log.close();
    expect(readdirSync(folder).sort()).toEqual(['api.log', 'api.log.1', 'api.log.2']);
    for (const name of readdirSync(folder)) {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
      expect(lines.every((line) => /^line \d+ is complete$/.test(line))).toBe(true);
    }
    expect(readFileSync(path, 'utf8')).toContain('line 39');
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('line 36');
  });

  it('goes on where the last run ended', () => {
    const path = join(folder, 'api.log');
    for (const word of ['one\n', 'two\n']) {
      const log = new LogFile(path);
      log.write(word);
      log.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('loses lines rather than the process when it cannot be written', () => {
    const path = join(folder, 'api.log');
    const log = new LogFile(path, 10);
    log.write('0123456789');
    mkdirSync(`${path}.3`);
    writeFileSync(join(`${path}.3`, 'occupied'), '');
    log.write('turn\n');
    log.write('after\n');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('0123456789turn\nafter\n');
  });
});
