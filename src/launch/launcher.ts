import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AppConfig } from '../config/index.js';
import { grantApplicationRole } from './application-role.js';
import { banner } from './banner.js';
import { prepareDataFolder, writeJson } from './data-folder.js';
import { DataLock } from './data-lock.js';
import { EmbeddedDatabase, type DatabaseAccess } from './embedded-database.js';
import { reservePort, isFree } from './free-port.js';
import { ChildRegistry } from './child-registry.js';
import { PortRegistry } from './port-registry.js';
import { explainDiskError, isFull, LaunchRefused } from './launch.errors.js';
import { refuseBadUrls, whyLotusIsSilent } from './given-urls.js';
import type { LaunchOptions } from './launch-options.js';
import { LogFile } from './log-file.js';
import { applyMigrations } from './migrations.js';
import { untilReady } from './readiness.js';
import { SupervisedProcess, WILL_NOT_START } from './supervised-process.js';

type Environment = Record<string, string | undefined>;

/** The path of one of our own programs, given from `dist/`. */
const program = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** Migrations lie beside `dist/`, the SQL functions in it, beside the code that calls them. */
const databaseTexts = {
  migrations: fileURLToPath(new URL('../../prisma/migrations', import.meta.url)),
  functions: fileURLToPath(new URL('..', import.meta.url)),
};
/**
 * How long each may take to end before it is killed. Together below ten seconds, because that is what Docker and
 * systemd users expect.
 */
const deadlinesMs = { api: 2_800, worker: 2_800, devnet: 1_900, postgres: 2_000 };
/** Kept free for the embedded PostgreSQL, which shares the disk of the data folder: its log alone may take as much. */
const embeddedDatabaseReserve = 1024 ** 3;
/** A process that ended this often before the platform was ready once will not become ready. */
const toleratedFailures = 4;

/**
 * Starts everything in order, keeps it running, stops it in order.
 *
 * `inherited` is the environment that we were started in, with settings under today's names; the processes get it with
 * what we chose laid over. `say` writes a line to the console.
 */
export class Launcher {
  private readonly begun = performance.now();
  private readonly abort = new AbortController();
  private readonly processes = new Map<string, SupervisedProcess>();
  private readonly logs: LogFile[] = [];
  private database: EmbeddedDatabase | null = null;
  private lock: DataLock | null = null;
  private starting: Promise<void> | null = null;
  private readonly children: ChildRegistry;
  private readonly ports: PortRegistry;
  private port: number;
  private releasePort: () => Promise<void> = async () => undefined;
  private readonly config: AppConfig;
  private readonly options: LaunchOptions;
  private readonly inherited: Environment;
  private readonly say: (line: string) => void;

  constructor(config: AppConfig, options: LaunchOptions, inherited: Environment, say: (line: string) => void) {
    this.config = config;
    this.port = config.values.PORT;
    this.options = options;
    this.inherited = inherited;
    this.say = say;
    this.children = new ChildRegistry(config.inData('processes.json'));
    this.ports = new PortRegistry(config.inData('ports.json'));
  }

  /** Resolves when GET /ready answers 200. @throws LaunchRefused with what to do about it. */
  start(): Promise<void> {
    this.starting = this.startInOrder().catch((error: unknown) => {
      throw isFull(error) ? explainDiskError(error, this.config.dataDir) : error;
    });
    return this.starting;
  }

  /** New requests first, the truth last. Safe at any moment, also while starting. */
  async stop(): Promise<void> {
    this.abort.abort();
    // A start that is under way ends at its next step; an initdb in progress is cut short.
    if (this.processes.size === 0) await this.database?.stop(deadlinesMs.postgres);
    await this.starting?.catch(() => undefined);
    await this.releasePort();
    for (const name of ['api', 'worker', 'devnet'] as const) await this.processes.get(name)?.stop(deadlinesMs[name]);
    await this.database?.stop(deadlinesMs.postgres);
    for (const log of this.logs) log.close();
    this.lock?.release();
  }

  /**
   * The order matters: folder and lock before anything is written; the API's port before the devnet takes ports;
   * database and migrations before the processes that read it; the admin's key before the API, when it is missing. Each
   * step looks whether stop() was called.
   */
  private async startInOrder(): Promise<void> {
    const { config } = this;
    refuseBadUrls(config.values);
    prepareDataFolder(config.dataDir);
    this.lock = DataLock.take(config.dataDir);
    await this.endLeftovers();
    await this.claimPort();
    const devnet = this.options.devnet && config.values.LOTUS_API_URL === '';
    const minerNames = Array.from({ length: devnet ? this.options.devnetMiners : 0 }, (_, index) => `miner-${index}`);
    const [devnetPort = 0, workerPort = 0, libp2pPort = 0, ...minerPorts] = await this.ports.choose([
      ...['devnet', 'worker', 'libp2p'],
      ...minerNames,
    ]);
    if (devnet)
      this.run(
        'devnet',
        'devnet/main.js',
        [
          ...['--port', String(devnetPort), '--miner-ports', minerPorts.join(',')],
          ...['--data', config.inData('devnet'), ...this.options.devnetArgs],
        ],
        {},
      );
    const databaseUrl = await this.openDatabase();
    const environment = this.environmentFor(databaseUrl, {
      worker: workerPort,
      libp2p: libp2pPort,
      devnet: devnet ? { rpc: devnetPort, miners: minerPorts } : null,
    });
    // Who sees /ready answer 200 may count on the key; once it is there, looking after it costs nobody time.
    const adminKey = this.makeAdminKey(environment);
    adminKey.catch(() => undefined);
    if (!existsSync(config.inData('admin.key'))) await adminKey;
    this.abort.signal.throwIfAborted();
    if (config.values.LOTUS_API_URL !== '') await this.sayWhetherLotusAnswers();
    await this.releasePort();
    this.run('api', 'main.js', [], environment);
    this.run('worker', 'worker.js', [], environment);
    const [loginPath] = await Promise.all([
      adminKey,
      untilReady(`${this.localUrl}/ready`, this.waitingFor('devnet', 'api', 'worker'), this.say),
    ]);
    // Commands beside us (npm run demo, npm run cli) find us by it.
    writeJson(config.inData('address.json'), { url: this.localUrl });
    const url = config.values.PORT === 0 ? this.localUrl : config.publicUrl;
    this.say(
      banner({
        url,
        loginUrl: loginPath === null ? null : `${url}${loginPath}`,
        dataDir: config.dataDir,
        keyFile: config.inData('admin.key'),
        devnet,
        tookMs: performance.now() - this.begun,
      }),
    );
  }

  /** What we chose, to be laid over what we were started with; an operator's own choice wins. */
  private environmentFor(
    databaseUrl: string,
    ports: { worker: number; libp2p: number; devnet: { rpc: number; miners: readonly number[] } | null },
  ): Environment {
    const { config } = this;
    return {
      DATABASE_URL: databaseUrl,
      DATABASE_OWNER_URL: '',
      TIDEWATER_DATA: config.dataDir,
      PORT: String(this.port),
      WORKER_PORT: this.inherited.WORKER_PORT || String(ports.worker),
      LIBP2P_LISTEN: this.inherited.LIBP2P_LISTEN || `/ip4/127.0.0.1/tcp/${ports.libp2p}`,
      // PostgreSQL goes down hard on a full disk, and takes the platform with it.
      ...(this.database
        ? { DISK_RESERVE_BYTES: this.inherited.DISK_RESERVE_BYTES || String(embeddedDatabaseReserve) }
        : {}),
      ...(ports.devnet !== null
        ? {
            LOTUS_API_URL: `http://127.0.0.1:${ports.devnet.rpc}/rpc/v1`,
            DEALS_STALL_TIMEOUT_SECONDS: this.inherited.DEALS_STALL_TIMEOUT_SECONDS || '12',
            // These miners live on loopback. What else listens there is nobody's to ask.
            MINERS_DIAL_PRIVATE:
              this.inherited.MINERS_DIAL_PRIVATE || ports.devnet.miners.map((port) => `127.0.0.1:${port}`).join(','),
          }
        : {}),
    };
  }

  /**
   * Where this machine reaches the API: an address that means "all interfaces" cannot be asked, so loopback stands for
   * it.
   */
  private get localUrl(): string {
    const { HOST } = this.config.values;
    const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
    return `http://${everywhere[HOST] ?? (HOST.includes(':') ? `[${HOST}]` : HOST)}:${this.port}`;
  }

  /** Only after a launcher that was killed: one that ended in order has stopped its processes itself. */
  private async endLeftovers(): Promise<void> {
    if (!this.lock?.wasAbandoned) return;
    this.say('The last run was cut off; taking up where it was.');
    const names = await this.children.endLeftovers();
    if (names.length > 0) this.say(`Ended what it left running: ${names.join(', ')}.`);
  }

  /**
   * Takes the API's port and keeps it until the API starts. PORT=0 chooses a free one, the same as last time if it can
   * be had. @throws LaunchRefused when it is in use or may not be listened on.
   */
  private async claimPort(): Promise<void> {
    const { PORT, HOST } = this.config.values;
    if (PORT === 0) [this.port = 0] = await this.ports.choose(['api']);
    try {
      if (await isFree(this.port, HOST)) {
        // The devnet and its miners listen before the API does, on whatever is free.
        this.releasePort = await reservePort(this.port, HOST);
        return;
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why =
        code === 'EACCES'
          ? "this user may not listen there (ports below 1024 are root's)"
          : `${HOST} cannot be listened on (${code ?? 'unknown'})`;
      throw new LaunchRefused(`Port ${PORT}: ${why}. Choose another: PORT=3104 npm start`, { cause: error });
    }
    throw new LaunchRefused(`Port ${PORT} is in use by another program. Choose another: PORT=${PORT + 100} npm start`);
  }

  /**
   * The URL of a database with all migrations applied, for the processes: the one of DATABASE_URL, or the embedded
   * PostgreSQL, started here. @throws LaunchRefused, or MigrationFailed for the embedded one.
   */
  private async openDatabase(): Promise<string> {
    const { config } = this;
    let access = externalDatabase(config);
    if (access === null) {
      if (!existsSync(config.inData('postgres')))
        this.say('PostgreSQL: laying out the database (first start only) ...');
      this.database = new EmbeddedDatabase(config.dataDir, this.ports, this.logFile('postgres'), this.say);
      access = await this.database.start().catch((error: unknown) => {
        throw explainDiskError(error, config.dataDir);
      });
    }
    this.abort.signal.throwIfAborted();
    try {
      const applied = await applyMigrations(access.ownerUrl, databaseTexts);
      if (applied.length > 0) this.say(`Database: applied ${applied.join(', ')}`);
      if (access.role !== null) await grantApplicationRole(access.ownerUrl, access.role);
    } catch (error) {
      if (config.values.DATABASE_URL === '') throw error;
      throw new LaunchRefused(
        `The database that DATABASE_URL names (${new URL(access.url).host}) cannot be used: ` +
          ((error as Error).message || (error as NodeJS.ErrnoException).code),
        { cause: error },
      );
    }
    return access.url;
  }

  /**
   * Runs the command that makes the first admin and writes its key to the file. May be repeated: the command leaves an
   * admin and a key that are there as they are. Resolves to the path of a link that logs the admin in, once.
   * @throws LaunchRefused with what the command said
   */
  private async makeAdminKey(environment: Environment): Promise<string | null> {
    const keyFile = this.config.inData('admin.key');
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [program('cli.js'), 'admin:create', '--key-file', keyFile, '--login-link'],
        { env: { ...this.inherited, ...environment }, signal: this.abort.signal },
      );
      return /^\/login\/once\/\S+$/m.exec(stdout)?.[0] ?? null;
    } catch (error) {
      if (this.abort.signal.aborted) throw error;
      const words = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
      // It looks at the data folder before it writes anything: what does not fit there has a sentence of its own.
      const isRefusal = (error as { code?: unknown }).code === WILL_NOT_START;
      throw new LaunchRefused(isRefusal ? words : `The first admin could not be made: ${words}`, { cause: error });
    }
  }

  /**
   * Starts a program of ours, with the settings that we chose laid over those we were started with; its output goes to
   * `logs/<name>.log`.
   */
  private run(name: string, script: string, args: string[], environment: Environment): void {
    const child = new SupervisedProcess({
      name,
      script: program(script),
      args,
      env: { ...this.inherited, ...environment },
      log: this.logFile(name),
      say: this.say,
      children: this.children,
    });
    this.processes.set(name, child);
    child.start();
  }

  private logFile(name: string): LogFile {
    const log = new LogFile(join(this.config.dataDir, 'logs', `${name}.log`));
    this.logs.push(log);
    return log;
  }

  /** A start goes on without a chain, and waits for it; why is said at once, and not only in a log. */
  private async sayWhetherLotusAnswers(): Promise<void> {
    const { LOTUS_API_URL, LOTUS_API_TOKEN } = this.config.values;
    const why = await whyLotusIsSilent(LOTUS_API_URL, LOTUS_API_TOKEN);
    if (why !== null)
      this.say(`LOTUS_API_URL (${new URL(LOTUS_API_URL).host}): ${why}. Waiting for it; Ctrl-C ends the start.`);
  }

  /** While starting, a process that falls over again and again is a reason to give up and show why. */
  private waitingFor(...names: string[]): { signal: AbortSignal; givenUp: () => string | null } {
    return {
      signal: this.abort.signal,
      givenUp: () => {
        const broken = names.find((name) => (this.processes.get(name)?.ended ?? 0) >= toleratedFailures);
        return broken === undefined
          ? null
          : `${broken} does not start; its last words are above and in ${join(this.config.dataDir, 'logs', `${broken}.log`)}`;
      },
    };
  }
}

/** The database of DATABASE_URL; null when there is none. DATABASE_OWNER_URL, if set, migrates it and grants. */
function externalDatabase(config: AppConfig): DatabaseAccess | null {
  const { DATABASE_URL, DATABASE_OWNER_URL } = config.values;
  if (DATABASE_URL === '') return null;
  if (DATABASE_OWNER_URL === '') return { ownerUrl: DATABASE_URL, url: DATABASE_URL, role: null };
  return {
    ownerUrl: DATABASE_OWNER_URL,
    url: DATABASE_URL,
    role: { name: decodeURIComponent(new URL(DATABASE_URL).username) },
  };
}
