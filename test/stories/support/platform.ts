import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');

export type Part = 'launcher' | 'api' | 'worker' | 'devnet' | 'postgres';

/** How each process of the stack can be told from its command line. */
const MARK: Record<Part, string> = {
  launcher: 'dist/launch/main.js',
  api: 'dist/main.js',
  worker: 'dist/worker.js',
  devnet: 'dist/devnet/main.js',
  postgres: 'bin/postgres',
};

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * `npm start` on a data folder of its own, driven from outside as a person would. (Erasable types only: a plain program
 * imports this, too.)
 */
export class Platform {
  private child: ChildProcess | undefined;
  output = '';
  readonly dataDir: string;
  readonly port: number;
  private readonly env: Record<string, string>;
  private readonly args: readonly string[];

  private constructor(dataDir: string, port: number, env: Record<string, string>, args: readonly string[]) {
    this.dataDir = dataDir;
    this.port = port;
    this.env = env;
    this.args = args;
  }

  /** `args`: what follows `npm start --`. `dataDir`: made by the platform; a temporary folder where none is named. */
  static async create(
    env: Record<string, string> = {},
    { dataDir, args = [] }: { dataDir?: string; args?: readonly string[] } = {},
  ): Promise<Platform> {
    const folder = dataDir ?? mkdtempSync(path.join(tmpdir(), 'tidewater-story-'));
    return new Platform(folder, await freePort(), env, args);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get key(): string {
    return readFileSync(path.join(this.dataDir, 'admin.key'), 'utf8').trim();
  }

  /** Starts and waits for /ready. Returns the milliseconds that it took. */
  async start(timeoutMs = 120_000): Promise<number> {
    const started = Date.now();
    this.output = '';
    const child = spawn('npm', ['start', '--silent', ...(this.args.length > 0 ? ['--', ...this.args] : [])], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.env, PORT: String(this.port), TIDEWATER_DATA: this.dataDir },
    });
    this.child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
    while (Date.now() - started < timeoutMs) {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${this.output}`);
      if (await this.isReady()) return Date.now() - started;
      await sleep(50);
    }
    throw new Error(`not ready after ${timeoutMs} ms:\n${this.output}`);
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.status === 200,
      () => false,
    );
  }

  /** No promise of how fast that is: a busy machine takes its time. What is missing then stands in the error. */
  async waitReady(timeoutMs = 180_000): Promise<void> {
    try {
      await until(() => this.isReady(), { timeoutMs, intervalMs: 100, what: 'the platform is ready' });
    } catch (error) {
      const said = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(10_000) }).then(
        async (response) => `${response.status} ${await response.text()}`,
        (failure: Error) => `${failure.message} ${String(failure.cause ?? '')}`,
      );
      const parts = this.pids().map(({ part, pid }) => `${part} ${pid}`);
      const output = this.output.split('\n').slice(-25).join('\n');
      throw new Error(`${(error as Error).message}\n/ready: ${said}\nprocesses: ${parts.join(', ')}\n${output}`);
    }
  }

  /** Ctrl-C. Returns the milliseconds until everything was gone. */
  async stop(): Promise<number> {
    const started = Date.now();
    const child = this.child;
    // One that was ended by a signal has no exit code.
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return 0;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    process.kill(-child.pid, 'SIGINT');
    await gone;
    await until(() => this.pids().length === 0, { timeoutMs: 15_000, intervalMs: 100, what: 'no process is left' });
    return Date.now() - started;
  }

  /** `kill -9` of one part. Returns whether it was there to be killed. */
  kill(part: Part): boolean {
    const pid = this.pidOf(part);
    if (pid === undefined) return false;
    try {
      process.kill(pid, 'SIGKILL');
      return true;
    } catch {
      return false;
    }
  }

  /** After a killed launcher: its children leave by themselves; what is left after that is a fault. */
  async waitGone(timeoutMs = 20_000): Promise<void> {
    await until(() => this.pids().filter((pid) => pid.part !== 'postgres').length === 0, {
      timeoutMs,
      intervalMs: 100,
      what: 'the children of a killed launcher are gone',
    });
  }

  pidOf(part: Part): number | undefined {
    return this.pids().find((entry) => entry.part === part)?.pid;
  }

  /** Our processes: those that have this data folder in their environment or command line. */
  pids(): { pid: number; part: Part }[] {
    const lines = execFileSync('ps', ['-eo', 'pid=,args=']).toString().split('\n');
    return lines.flatMap((line) => {
      const match = /^\s*(\d+)\s+(.*)$/.exec(line);
      const part = (Object.keys(MARK) as Part[]).find((name) => match?.[2]?.includes(MARK[name]));
      if (!match || !part) return [];
      const pid = Number(match[1]);
      return this.isOurs(pid, match[2] as string) ? [{ pid, part }] : [];
    });
  }

  private isOurs(pid: number, args: string): boolean {
    if (args.includes(this.dataDir)) return true;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TIDEWATER_DATA=${this.dataDir}`);
    } catch {
      return false;
    }
  }

  /** Ends what is left by pid and removes the data folder. */
  async destroy(): Promise<void> {
    await this.stop().catch(() => 0);
    for (const { pid } of this.pids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It went by itself in the meantime.
      }
    }
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async request(
    method: string,
    route: string,
    options: { key?: string | null; body?: Uint8Array | string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const key = options.key === undefined ? this.key : options.key;
    return fetch(this.url + route, {
      method,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body as Uint8Array<ArrayBuffer> }),
    });
  }

  async json<T>(method: string, route: string, body?: unknown): Promise<T> {
    const response = await this.request(
      method,
      route,
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** `GET /admin/...` of the simulated Filecoin network, or POST where there is a body. */
  async devnet<T>(what: string, body?: object): Promise<T> {
    const { devnet } = JSON.parse(readFileSync(path.join(this.dataDir, 'ports.json'), 'utf8')) as { devnet: number };
    const response = await fetch(
      `http://127.0.0.1:${devnet}/admin/${what}`,
      body ? { method: 'POST', body: JSON.stringify(body) } : {},
    );
    if (!response.ok) throw new Error(`devnet ${what}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async upload(bytes: Uint8Array, name = 'file.bin', query = ''): Promise<{ cid: string; estuaryId: string }> {
    const response = await this.request('PUT', `/content/add?filename=${encodeURIComponent(name)}${query}`, {
      body: bytes,
      headers: { 'content-type': 'application/octet-stream' },
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`upload: ${response.status} ${text}`);
    const answer = JSON.parse(text) as { cid: string; estuaryId: string | number };
    return { cid: answer.cid, estuaryId: String(answer.estuaryId) };
  }
}
