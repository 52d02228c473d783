import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Platform } from '../stories/support/platform.js';
import { Checks } from './checks.js';
import { Client } from './client.js';
import { openDisk } from './disk.js';
import { Faults } from './faults.js';
import { Rows } from './invariants.js';
import { Log } from './log.js';
import { Model, type Difference } from './model.js';
import { Operations } from './operations.js';
import { Peer } from './peer.js';
import { ACCOUNTS, planRound, type Account } from './plan.js';

const usage = `npm run chaos -- [options]

  --rounds N         how many rounds (default 30)
  --seed S           what is planned follows from it; a failed run names its own (default: chosen)
  --whole-every N    after so many rounds everything is compared and every byte read (default 25)
  --folder PATH      where data, log and result go (default: a folder in the temporary one)
  --keep             keep the data folder of a run without a difference, too
  --help             this text`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    'whole-every': { type: 'string', default: '25' },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Small segments and CARs, so that all that happens to them happens in every round; a network that is in a hurry. */
const SETTINGS = {
  LOG_LEVEL: 'info',
  SEGMENT_MAX_AGE_SECONDS: '2',
  SEGMENT_MAX_BYTES: String(6 * 1024 ** 2),
  PIECE_CAR_LIMIT: String(16 * 1024 ** 2),
  PIN_IDLE_TIMEOUT_SECONDS: '5',
  MINERS_BREAKER_SECONDS: '5',
  DEALS_CHECK_SECONDS: '1',
  RETRIEVAL_IDLE_SECONDS: '5',
  GATEWAY_WAIT_SECONDS: '30',
  // The peer that pins are fetched from.
  LIBP2P_DIAL_PRIVATE: '127.0.0.1',
};
const DEVNET = ['--devnet-epoch-ms', '300'];
/** Of the second account: it is full most of the time. */
const BYTES_QUOTA = 24 * 1024 ** 2;

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const [rounds, every, seed] = [Number(values.rounds), Number(values['whole-every']), values.seed];
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(every) || every < 1) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const folder = path.resolve(values.folder ?? path.join(tmpdir(), `tidewater-chaos-${seed}-${process.pid}`));
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const log = new Log(folder);
  const chaos = new Chaos(seed, folder, log);
  // Whoever ends the run ends the platform with it, and has the disk back.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void chaos.close(values.keep).finally(() => process.exit(130)));
  const begun = Date.now();
  let failure: { round: number; differences: Difference[] } | null = null;
  try {
    await chaos.open();
    log.say(`chaos: seed ${seed}, ${rounds} rounds, disk that fills: ${chaos.disk}, log ${log.file}`);
    for (let round = 0; round < rounds && failure === null; round += 1) {
      const last = round === rounds - 1;
      const differences = await chaos.round(round, last ? 'final' : (round + 1) % every === 0 ? 'settled' : 'round');
      if (differences.length > 0) failure = { round, differences };
    }
  } catch (error) {
    failure = { round: log.round, differences: [{ kind: 'broke-off', detail: (error as Error).stack ?? '' }] };
  }
  const result = {
    seed,
    rounds: log.round + 1,
    ok: failure === null,
    seconds: Math.round((Date.now() - begun) / 1000),
    disk: chaos.disk,
    contents: chaos.figures(),
    counts: log.figures(),
    failure,
  };
  writeFileSync(path.join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  await log.close();
  if (failure !== null) {
    // The form in which .ci/run says it again at its end: one line, and what belongs to it indented below.
    const said = failure.differences.slice(0, 40).map(({ kind, detail }) => `${kind}: ${detail}`);
    const lines = said.join('\n').replace(/^/gm, ' '.repeat(8));
    log.say(
      `\n  FAIL  round ${failure.round} of seed ${seed} shows ${failure.differences.length} differences:\n${lines}`,
    );
    log.say(`again: npm run chaos -- --seed ${seed} --rounds ${failure.round + 1}\nkept: ${folder}`);
  }
  await chaos.close(failure !== null || values.keep);
  log.say(`result: ${path.join(folder, 'result.json')}`);
  // A round is what passes or fails: those after the first failure were not run.
  log.say(`\n${failure === null ? rounds : failure.round} passed, ${failure === null ? 0 : 1} failed`);
  return failure === null ? 0 : 1;
}

/** One platform, one model, and what happens between them. */
class Chaos {
  private readonly seed: string;
  private readonly folder: string;
  private readonly log: Log;
  private readonly model = new Model();
  private readonly peer = new Peer();
  private parts!: {
    platform: Platform;
    disk: Awaited<ReturnType<typeof openDisk>>;
    operations: Operations;
    faults: Faults;
    checks: Checks;
    rows: Rows;
  };

  constructor(seed: string, folder: string, log: Log) {
    this.seed = seed;
    this.folder = folder;
    this.log = log;
  }

  get disk(): string {
    return this.parts?.disk.kind ?? 'none';
  }

  async open(): Promise<void> {
    const disk = await openDisk(this.folder);
    const clockFile = path.join(this.folder, 'clock.json');
    const preload = pathToFileURL(path.join(import.meta.dirname, 'shifted-clock.mjs')).href;
    const dataDir = path.join(disk.folder, 'data');
    const env = { ...SETTINGS, CHAOS_CLOCK_FILE: clockFile, NODE_OPTIONS: `--import=${preload}` };
    const platform = await Platform.create(env, { dataDir, args: DEVNET });
    this.parts = { platform, disk } as typeof this.parts;
    const faults = new Faults(platform, disk, clockFile, this.log);
    await platform.start(600_000);
    await this.peer.start(path.join(this.folder, 'peer'));
    const admin = new Client(platform.url, platform.key);
    const clients = await this.makeAccounts(admin);
    const [anybody, rows] = [new Client(platform.url, null), new Rows(() => databaseUrl(dataDir))];
    const devnet = (): string => `http://127.0.0.1:${portsOf(dataDir)['devnet']}`;
    const operations = new Operations({ clients, admin, anybody, devnet }, this.model, this.peer, this.log);
    operations.miners = await minersOf(devnet());
    const checks = new Checks({ clients, anybody, rows, dataFolder: dataDir, devnet }, this.model, this.log);
    this.parts = { platform, disk, faults, operations, checks, rows };
  }

  /** Returns what should not be. */
  async round(round: number, at: 'round' | 'settled' | 'final'): Promise<Difference[]> {
    const { operations, faults, checks } = this.parts;
    const { operations: planned, faults: troubles } = planRound(this.seed, round);
    this.log.round = round;
    this.log.write('round', { planned: planned.length, faults: troubles });
    const begun = Date.now();
    const troubled = Promise.all(troubles.map((fault) => sleep(fault.at).then(() => faults.run(fault))));
    await Promise.all([
      ...planned.map((operation) => sleep(operation.at).then(() => operations.run(operation))),
      // Whatever waits for an answer gets one once everything runs again. Not before the last fault is over: a slow
      // machine would fill the disk of a platform that is being started.
      troubled.then(() => this.recover()),
    ]);
    await this.recover();
    const [workedMs, checkedFrom] = [Date.now() - begun, Date.now()];
    const differences = await checks.afterRound(round, this.seed);
    this.remember();
    if (differences.length === 0 && at !== 'round')
      differences.push(...(await checks.whole(round, at, () => faults.restart())));
    this.say(
      round,
      troubles.map(({ what, ...rest }) => ('victim' in rest ? `${what} ${rest.victim}` : what)),
      [workedMs, Date.now() - checkedFrom],
    );
    return differences;
  }

  private async recover(): Promise<void> {
    const tookMs = await this.parts.faults.recover();
    this.log.write('recovered', { tookMs });
  }

  /** What later rounds choose from. */
  private remember(): void {
    const { operations, checks } = this.parts;
    operations.offloaded = Object.values(checks.observed ?? {}).flatMap(({ contents }) =>
      contents.flatMap(({ name, state }) => (state === 'offloaded' ? [name] : [])),
    );
  }

  private say(round: number, faults: readonly string[], [workedMs, checkedMs]: readonly [number, number]): void {
    const { stored, offloaded } = this.figures();
    const took = `${(workedMs / 1000).toFixed(1)} + ${(checkedMs / 1000).toFixed(1)} s`;
    this.log.write('round-over', { workedMs, checkedMs });
    this.log.say(
      `round ${round}: ${took}, ${stored} contents (${offloaded} offloaded): ${faults.join(', ') || 'no fault'}`,
    );
  }

  figures(): { stored: number; offloaded: number; sent: number; pins: number } {
    const offloaded = this.parts?.operations?.offloaded.length ?? 0;
    return {
      stored: this.model.stored().length,
      offloaded,
      sent: this.model.contents.size,
      pins: this.model.pins.size,
    };
  }

  async close(keep: boolean): Promise<void> {
    const { platform, disk, rows } = this.parts ?? {};
    await rows?.close();
    await this.peer.stop().catch(() => undefined);
    await platform?.stop().catch(() => undefined);
    if (keep) return;
    await platform?.destroy();
    await disk?.remove();
    rmSync(path.join(this.folder, 'peer'), { recursive: true, force: true });
  }

  private async makeAccounts(admin: Client): Promise<Record<Account, Client>> {
    const made = ACCOUNTS.map(async (username) => {
      const user = await admin.json<{ apiKey: { token: string } }>('POST', '/admin/users', {
        username,
        expiry: 'false',
      });
      return [username, new Client(this.parts.platform.url, user.apiKey.token)] as const;
    });
    const clients = Object.fromEntries(await Promise.all(made)) as Record<Account, Client>;
    await admin.json('PUT', '/admin/users/bob/limits', { bytesQuota: BYTES_QUOTA });
    return clients;
  }
}

async function minersOf(devnet: string): Promise<string[]> {
  const { miners } = (await (await fetch(`${devnet}/admin/state`)).json()) as { miners: { miner: string }[] };
  return miners.map(({ miner }) => miner);
}

function portsOf(dataDir: string): Record<string, number> {
  return JSON.parse(readFileSync(path.join(dataDir, 'ports.json'), 'utf8')) as Record<string, number>;
}

function databaseUrl(dataDir: string): string {
  const password = readFileSync(path.join(dataDir, 'postgres.password'), 'utf8').trim();
  return `postgresql://tidewater:${password}@127.0.0.1:${portsOf(dataDir)['postgres']}/tidewater`;
}

process.exitCode = await main();
