import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileLock } from '../../shared/file-lock.js';
import { findPostgres, type PostgresBinaries } from './binaries.js';
import { stopLeftover } from './leftover.js';
import { wrapForRoot, type Wrapping } from './unprivileged.js';

/** Where and how one PostgreSQL runs. */
export interface ClusterOptions {
  /** The folder of this one cluster; made when it is not there. */
  folder: string;
  port: number;
  /** Of the account `tidewater`, a superuser; set when the cluster is laid out, and not changed afterwards. */
  password: string;
  /** `name=value` settings, on top of the defaults below. */
  settings?: readonly string[];
  /** Every line that PostgreSQL writes. */
  onLine?: (line: string) => void;
}

/** PostgreSQL did not start; the message carries its last words. */
export class PostgresFailed extends Error {}

const user = 'tidewater';
const readyWords = 'database system is ready to accept connections';
/** So long the last processes of a PostgreSQL that was killed may take to end. */
const lockTimeoutMs = 10_000;
/** Long, because PostgreSQL may have to recover from its log first. */
const startTimeoutMs = 120_000;

/**
 * Connections: each process has its pools; 300 leave room for several. Everything else is for a machine that runs more
 * than PostgreSQL.
 */
const defaultSettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=300',
  'shared_buffers=128MB',
  'wal_compression=on',
  'log_checkpoints=off',
  'log_line_prefix=%m [%p] ',
  'timezone=UTC',
  'log_timezone=UTC',
];

/**
 * One embedded PostgreSQL: its own folder, listening on loopback only, stopped by us. Durability is
 * PostgreSQL's default (fsync and synchronous_commit on) unless `settings` says otherwise.
 */
export class PostgresCluster {
  private process: ChildProcess | null = null;
  private stopped = false;
  private wrapping: Wrapping = { before: [], as: {}, owner: null };
  private readonly options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.options = options;
  }

  /** With the password in it: not for logs. As the superuser, unless told another account. */
  url(database = 'tidewater', account = { name: user, password: this.options.password }): string {
    return `postgresql://${account.name}:${account.password}@127.0.0.1:${this.options.port}/${database}`;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /**
   * Lays out the folder when it is new, then starts PostgreSQL; resolves when connections are accepted. What a killed
   * predecessor left running on the folder is stopped first. May be called again after an unexpected end, with the same
   * port.
   *
   * @throws PostgresFailed, NoEmbeddedPostgres, CannotLeaveRoot
   */
  async start(): Promise<void> {
    const binaries = await findPostgres();
    const { folder } = this.options;
    mkdirSync(dirname(folder), { recursive: true });
    await stopLeftover(folder);
    this.wrapping = wrapForRoot([dirname(folder), binaries.home]);
    const lock = await this.lock();
    try {
      // Nobody lives who could have written it. PostgreSQL itself goes by the number in there, and takes a process that
      // nobody has waited for yet (a zombie), or a stranger with the same number, for the one that wrote it.
      rmSync(join(folder, 'postmaster.pid'), { force: true });
      if (!existsSync(join(folder, 'PG_VERSION'))) await this.initialise(binaries);
      await this.launch(binaries, lock);
    } finally {
      lock.release(false);
    }
  }

  /**
   * The lock of the cluster, in the file `<folder>.lock`. PostgreSQL and all its processes inherit it, so it is free
   * when the last of them has ended, and not before, whatever container they ran in.
   *
   * @throws PostgresFailed when it does not become free
   */
  private async lock(): Promise<FileLock> {
    const { folder } = this.options;
    const deadline = performance.now() + lockTimeoutMs;
    for (;;) {
      const lock = FileLock.tryTake(`${folder}.lock`);
      if (lock !== null) return lock;
      if (performance.now() > deadline || this.stopped)
        throw new PostgresFailed(
          `Another PostgreSQL still runs on ${folder}, perhaps in another container that shares the folder; stop it first.`,
        );
      await sleep(50);
    }
  }

  /**
   * Ends open transactions and stops; after `deadlineMs` without mercy (the next start then recovers). Resolves when
   * the process has gone. Final: a start that is under way fails, and nothing may be started afterwards.
   */
  async stop(deadlineMs = 5_000): Promise<void> {
    this.stopped = true;
    const running = this.process;
    if (running === null) return;
    this.process = null;
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    // SIGINT is PostgreSQL's "fast" shutdown, SIGQUIT the immediate one.
    running.kill('SIGINT');
    const timeout = setTimeout(() => running.kill(process.platform === 'win32' ? 'SIGKILL' : 'SIGQUIT'), deadlineMs);
    await ended;
    clearTimeout(timeout);
  }

  /** Without mercy: the next start recovers. For one that does not end by itself; `onUnexpectedEnd` tells when it has. */
  endNow(): void {
    this.process?.kill(process.platform === 'win32' ? 'SIGKILL' : 'SIGQUIT');
  }

  /**
   * Tells `listener`, once, when the PostgreSQL that runs now ends although nobody called stop(). After another start()
   * it has to be asked for again.
   */
  onUnexpectedEnd(listener: (code: number | null, signal: NodeJS.Signals | null) => void): void {
    const watched = this.process;
    watched?.once('exit', (code, signal) => {
      if (this.process !== watched) return;
      this.process = null;
      listener(code, signal);
    });
  }

  /** Into a folder beside, renamed when it is whole: a kill in the middle leaves nothing half-made behind. */
  private async initialise(binaries: PostgresBinaries): Promise<void> {
    const { folder, password } = this.options;
    const unfinished = join(dirname(folder), `.${basename(folder)}.new`);
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { mode: 0o700 });
    const passwordFile = join(dirname(folder), `.${basename(folder)}.pw`);
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    const { owner } = this.wrapping;
    if (owner !== null) for (const path of [unfinished, passwordFile]) chownSync(path, owner.uid, owner.gid);
    const words: string[] = [];
    try {
      const child = this.spawn(binaries.initdb, [
        `--pgdata=${unfinished}`,
        `--username=${user}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        '--no-sync',
      ]);
      this.process = child;
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => words.push(chunk.toString()));
      const code = await new Promise<number | null>((resolve, reject) =>
        child.once('error', reject).once('close', resolve),
      );
      this.process = null;
      if (code !== 0)
        throw new PostgresFailed(`PostgreSQL could not lay out ${folder}: ${words.join('').trim().slice(-2_000)}`);
    } finally {
      rmSync(passwordFile, { force: true });
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  }

  /** Ready is what PostgreSQL logs as ready; asking it would need a client. What it wrote last goes into the error. */
  private async launch(binaries: PostgresBinaries, lock: FileLock): Promise<void> {
    const { folder, port, settings = [], onLine = () => undefined } = this.options;
    if (this.stopped) throw new PostgresFailed('PostgreSQL was told to stop while it started');
    const flags = [...defaultSettings, ...settings].flatMap((setting) => ['-c', setting]);
    const child = this.spawn(binaries.postgres, ['-D', folder, '-p', String(port), ...flags], lock.fd);
    this.process = child;
    const lastWords: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const timeout = setTimeout(() => {
        child.kill('SIGQUIT');
        reject(
          new PostgresFailed(`PostgreSQL was not ready after ${startTimeoutMs / 1_000} s: ${lastWords.join('\n')}`),
        );
      }, startTimeoutMs);
      const fail = (cause?: Error): void => {
        clearTimeout(timeout);
        if (this.process === child) this.process = null;
        reject(new PostgresFailed(`PostgreSQL did not start: ${cause?.message ?? lastWords.join('\n')}`, { cause }));
      };
      child.once('error', fail);
      child.once('close', () => fail());
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          onLine(line);
          if (lastWords.push(line) > 20) lastWords.shift();
          if (!line.includes(readyWords)) return;
          clearTimeout(timeout);
          resolve();
        });
      }
    });
  }

  private spawn(program: string, args: string[], ...inherited: number[]): ChildProcess {
    const [command = program, ...rest] = [...this.wrapping.before, program, ...args];
    // A process group of its own: Ctrl-C in the terminal must reach the launcher only, which stops things in order.
    return spawn(command, rest, {
      ...this.wrapping.as,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...inherited],
      cwd: dirname(this.options.folder),
      env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
    });
  }
}
