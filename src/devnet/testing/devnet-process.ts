import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const sources = join(root, 'src', 'devnet');
// Below node_modules, so that what is built there finds its packages.
const cache = join(root, 'node_modules', '.cache', 'tidewater-devnet');
/** What .swcrc leaves out. */
const notBuilt = /\.(spec|int-spec|contract|d)\.ts$|(^|[\\/])testing[\\/]/;
let building: Promise<string> | undefined;

/** The devnet's main file, built from the sources as they are; built once per state of the sources. */
export function devnetMain(): Promise<string> {
  building ??= build();
  return building;
}

/** Unless told: 12 miners, epochs of 100 ms, two epochs to seal, any free port. */
export interface DevnetStart {
  dataDir: string;
  seed?: string;
  epochMs?: number;
  miners?: number;
  sealEpochs?: number;
  port?: number;
  token?: string;
}

/** A devnet in a process of its own, built from the sources as they are. For integration tests. */
export class DevnetProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly rpcUrl: string,
    readonly ready: Record<string, unknown>,
  ) {}

  /** Resolves when it answers. The caller ends it with `stop`. @throws Error when it ends before it is ready */
  static async start(options: DevnetStart): Promise<DevnetProcess> {
    const main = await devnetMain();
    const args = [
      '--data',
      options.dataDir,
      '--port',
      String(options.port ?? 0),
      '--seed',
      options.seed ?? 'test',
      '--epoch-ms',
      String(options.epochMs ?? 100),
      '--miners',
      String(options.miners ?? 12),
      '--seal-epochs',
      String(options.sealEpochs ?? 2),
      ...(options.token ? ['--token', options.token] : []),
    ];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await firstLine(child);
    const ready = JSON.parse(line) as Record<string, unknown>;
    return new DevnetProcess(child, String(ready['rpc']), ready);
  }

  /** Everything beside the RPC: /admin, /cid, /health. */
  url(path: string): string {
    return new URL(path, this.rpcUrl).href;
  }

  /** `GET /admin/<what>`, or `POST` with a body. The answer's status is not looked at. */
  async admin(what: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(
      this.url(`/admin/${what}`),
      body ? { method: 'POST', body: JSON.stringify(body) } : {},
    );
    return (await response.json()) as Record<string, unknown>;
  }

  /** Ends the process and waits for it; returns its exit code, or null when the signal killed it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    return new Promise((resolve) => {
      this.child.once('exit', (code) => resolve(code));
      this.child.kill(signal);
    });
  }
}

async function build(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(sources, { recursive: true }))
    .filter((name) => name.endsWith('.ts') && !notBuilt.test(name))
    .sort();
  for (const file of files) hash.update(file).update(await readFile(join(sources, file)));
  const target = join(cache, hash.digest('hex').slice(0, 16));
  if (!existsSync(target)) {
    await mkdir(cache, { recursive: true });
    const draft = await mkdtemp(`${target}-`);
    for (const file of files) {
      const script = join(draft, 'devnet', file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(script), { recursive: true });
      await writeFile(script, (await transformFile(join(sources, file), { swcrc: true, cwd: root })).code);
    }
    // Whoever built the same sources at the same time may have been first.
    await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return join(target, 'devnet', 'main.js');
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the devnet ended before it was ready (${code})`)));
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
  });
}
