// What the benches share: arguments, the running platform, figures on the screen and in a file.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** `--url`, `--key-file`, `--data` and those that a bench has for itself, with defaults. */
export function readArguments(own = {}) {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: `http://127.0.0.1:${process.env.PORT ?? 3004}` },
      'key-file': { type: 'string' },
      data: { type: 'string', default: process.env.TIDEWATER_DATA ?? './data' },
      ...Object.fromEntries(
        Object.entries(own).map(([name, value]) => [name, { type: 'string', default: String(value) }]),
      ),
    },
  });
  return { ...values, data: resolve(values.data), keyFile: values['key-file'] ?? join(values.data, 'admin.key') };
}

export async function readKey(file) {
  return (await readFile(file, 'utf8')).trim().split(/\s+/).at(-1);
}

export async function assertReady(url) {
  const response = await fetch(`${url}/ready`).catch(() => null);
  if (!response?.ok) throw new Error(`nothing is ready at ${url}: start the platform first (npm start)`);
}

/** `512m`, `1g`, `10g`, or bytes. */
export function parseSize(text) {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?$/i.exec(text);
  if (!match) throw new Error(`not a size: ${text}`);
  return Math.round(Number(match[1]) * 1024 ** ['', 'k', 'm', 'g'].indexOf((match[2] ?? '').toLowerCase()));
}

/** The process that listens on the URL's port, by /proc (Linux), or null. */
export async function listenerOf(url) {
  const port = Number(new URL(url).port || 80)
    .toString(16)
    .toUpperCase()
    .padStart(4, '0');
  const inodes = new Set();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(`:${port}`) && fields[3] === '0A') inodes.add(`socket:[${fields[9]}]`);
    }
  }
  const { readlink } = await import('node:fs/promises');
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      if (inodes.has(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))) return Number(pid);
    }
  }
  return null;
}

/** Looks at a process's resident memory until stopped; answers the peak in bytes. */
export function watchMemory(pid) {
  let peak = 0;
  const look = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
  };
  const timer = setInterval(look, 100);
  return {
    async stop() {
      clearInterval(timer);
      await look();
      return peak;
    },
  };
}

export const perSecond = (bytes, seconds) => `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
export const mebibytes = (bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;

/** Prints rows as a table and keeps them in test/bench/results/<name>.json. */
export async function report(name, rows, figures) {
  const width = Math.max(...rows.map(([label]) => label.length));
  for (const [label, value] of rows) console.log(`  ${label.padEnd(width)}  ${value}`);
  const folder = join(import.meta.dirname, 'results');
  await mkdir(folder, { recursive: true });
  const entry = { bench: name, at: new Date().toISOString(), node: process.version, ...figures };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(entry, null, 2)}\n`);
}
