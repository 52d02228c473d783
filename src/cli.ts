import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
// Not through the room's door: that would load Nest, Fastify and the queue to run one statement.
import { AccountCommands } from './accounts/account-commands.js';
import { SCOPES, type Scope } from './accounts/domain/caller.js';
import { CLIENT_USAGE } from './client/commands.js';
import { AppConfig, ConfigError } from './config/index.js';
import { DomainError, messageOf, StartImpossible } from './shared/index.js';
import { ProgressLine, progressText } from './storage/commands/progress-line.js';
import { verifyBackup } from './storage/commands/verify-backup.js';
import { StartRefused } from './platform/process/index.js';
import { StatsCommands } from './stats/stats-commands.js';
import { StorageCommands } from './storage/storage-commands.js';

const USAGE = `${CLIENT_USAGE}

Commands for operators (settings as for the platform; DATABASE_URL is needed):
  admin:create --key-file PATH [--login-link]
                                    the user admin, and a key of theirs in PATH; changes nothing while that key works
  user:create NAME [--admin]        a user
  login:link NAME                   a link that logs this user in at the page, once and within 15 minutes
  user:limits NAME [--bytes 10GiB|none] [--pins 1000|none] [--weight 1..100] [--replication 6|none] [--duration EPOCHS|none]
       [--price ATTOFIL|none] [--verified-price ATTOFIL|none] [--datacap 1TiB|none] [--spend ATTOFIL|none]
                                    what an account may have, and may ask of deals (datacap and spend: within 24 hours);
                                    none: the platform's default; without options: what holds now
  key:create --user NAME [--scope upload|user|admin] [--label TEXT] [--expiry 30d|false]
                                    a key; its token is printed this once
  key:revoke --user NAME KEY        by token, hash or id

  backup PATH                       rows and CARs of this node into the folder PATH, while the platform runs; again: what is new
  stats:rebuild                     all statistics by hour and day anew from what was measured, also while the platform runs
  backup:verify PATH                reads all of a backup and compares: lengths, checksums, the hash of every block

While the platform is stopped:
  restore PATH                      a backup into a new data folder (TIDEWATER_DATA) and an empty database
  storage:adopt                     this data folder and this database belong together from now on; CARs that the database does
                                    not know wait in cars/lost+found, CARs without a file are gone from this node
  storage:rebuild [--lost-and-found] rows of CARs and DAGs again, from the CAR files that the database does not know`;

/** A command that was not understood. */
class Misuse extends Error {}

const { values, positionals } = parse();
const [command, argument] = positionals;

/**
 * Commands over the data folder and the whole database; each answers with what to print. Exit code 3: a backup was
 * made, and something is missing in it.
 */
const storageCommands: Record<string, (storage: StorageCommands) => Promise<string>> = {
  backup: async (storage) => {
    const target = required(argument, 'PATH');
    const line = new ProgressLine(process.stderr);
    const { manifest, copied, copiedBytes } = await storage
      .backup(target, (progress) => line.show(progressText(progress)))
      .finally(() => line.end());
    const { tables, cars, missing, elsewhere } = manifest;
    const damaged = cars.filter((car) => car.damaged);
    // A backup that lacks something is made all the same, and says so by its exit code.
    if (missing.length + damaged.length > 0) process.exitCode = 3;
    return [
      `${target}: ${tables.length} tables, ${cars.length} CARs (${copied} new, ${copiedBytes} bytes)`,
      ...missing.map(({ id, why }) => `not in it, CAR ${id}: ${why}`),
      ...damaged.map(({ id }) => `damaged, and in it as it is, CAR ${id}: the blocks of it that can be read`),
      ...(elsewhere > 0
        ? [`${elsewhere} CARs lie on other nodes: back them up there, each into a folder of its own`]
        : []),
    ].join('\n');
  },
  restore: async (storage) => {
    const { tables, cars, createdAt, nodeId } = await storage.restore(required(argument, 'PATH'));
    const into = AppConfig.fromProcess().dataDir;
    return `${into} is node ${nodeId} as of ${createdAt}: ${tables.length} tables, ${cars.length} CARs; start it with npm start`;
  },
  'storage:adopt': async (storage) => {
    const { platformId, setAside, missing } = await storage.adopt();
    return (
      `the data folder belongs to platform ${platformId} now; ` +
      `${setAside.length} CARs moved to cars/lost+found, ${missing.length} CARs have no file here`
    );
  },
  'storage:rebuild': async (storage) => {
    const rebuilt = await storage.rebuild({ lostAndFound: values['lost-and-found'] });
    const { cars, bytes, dags, incomplete, damaged } = rebuilt;
    const report = AppConfig.fromProcess().inData(`storage-rebuild-${Date.now()}.json`);
    await writeFile(report, `${JSON.stringify(rebuilt, null, 2)}\n`, { mode: 0o600 });
    return [
      `${cars} CARs (${bytes} bytes) and ${dags.length} DAGs have rows again; the platform can be started`,
      ...(incomplete.length > 0 ? [`${incomplete.length} DAGs are not whole: blocks of them are in no CAR here`] : []),
      ...damaged.map(({ carId, blocks }) => `CAR ${carId}: ${blocks} blocks are damaged`),
      `no CAR says who owned what: accounts, API keys, names of contents, pins and deals are not restored;`,
      `these ${dags.length} roots can be read by their CID and belong to no content ` +
        `(uploading or pinning one makes it a content): ${report}`,
    ].join('\n');
  },
};

/** Commands over accounts; each answers with what to print. They may run while the platform does. */
const commands: Record<string, (accounts: AccountCommands) => Promise<string>> = {
  'admin:create': async (accounts) => {
    // A key for the wrong database would take the place of the right one.
    await withStorage(async (storage) => storage.assertTogether());
    const file = required(values['key-file'], '--key-file');
    const { created } = await accounts.ensureAdminKey(file);
    const link = values['login-link'] ? [await accounts.loginLink('admin')] : [];
    return [`admin key ${created ? 'written to' : 'is in'} ${file}`, ...link].join('\n');
  },
  'user:create': async (accounts) => {
    const user = await accounts.createUser(required(argument, 'NAME'), values.admin ? 'admin' : 'user');
    return `user ${user.username} has id ${user.id}`;
  },
  'login:link': async (accounts) =>
    `${AppConfig.fromProcess().publicUrl}${await accounts.loginLink(required(argument, 'NAME'))}`,
  'user:limits': async (accounts) => {
    const { pinWeight, bytesQuota, pinsQuota, ...caps } = await accounts.userLimits(required(argument, 'NAME'), {
      ...(values.weight === undefined ? {} : { pinWeight: wholeNumber('--weight', values.weight) }),
      ...orNone('bytesQuota', values.bytes, (text) => bytesOf('--bytes', text)),
      ...orNone('pinsQuota', values.pins, (text) => wholeNumber('--pins', text)),
      ...orNone('replicationCap', values.replication, (text) => wholeNumber('--replication', text)),
      ...orNone('durationCap', values.duration, (text) => wholeNumber('--duration', text)),
      ...orNone('priceCap', values.price, (text) => attoFil('--price', text)),
      ...orNone('verifiedPriceCap', values['verified-price'], (text) => attoFil('--verified-price', text)),
      ...orNone('dataCapPerDay', values.datacap, (text) => bytesOf('--datacap', text)),
      ...orNone('spendPerDay', values.spend, (text) => attoFil('--spend', text)),
    });
    const deals =
      `deals: replication ${caps.replicationCap}, ${caps.durationCap} epochs, ${caps.priceCap} attoFIL per GiB and epoch ` +
      `(verified ${caps.verifiedPriceCap}); within 24 hours ${caps.spendPerDay ?? 'any number of'} attoFIL, ` +
      `${caps.dataCapPerDay ?? 'any number of'} bytes of DataCap`;
    return `${argument}: ${bytesQuota ?? 'any number of'} bytes, ${pinsQuota ?? 'any number of'} pins, pin weight ${pinWeight}\n${deals}`;
  },
  'key:create': async (accounts) =>
    accounts.createApiKey({
      username: required(values.user, '--user'),
      scope: scopeOf(values.scope),
      label: values.label,
      expiry: values.expiry,
    }),
  'key:revoke': async (accounts) => {
    await accounts.revokeApiKey(required(values.user, '--user'), required(argument, 'KEY'));
    return 'revoked';
  },
};

try {
  console.log(await runCommand(command ?? ''));
} catch (error) {
  const known =
    error instanceof DomainError ||
    error instanceof ConfigError ||
    error instanceof Misuse ||
    error instanceof StartRefused;
  console.error(known ? messageOf(error) : error);
  if (error instanceof Misuse) console.error(USAGE);
  process.exitCode = error instanceof Misuse ? 2 : error instanceof StartImpossible ? 78 : 1;
}

/** Statistics of this database; beside a running platform its own measuring waits for the end of it. */
async function rebuildStats(): Promise<string> {
  await using stats = new StatsCommands(AppConfig.fromProcess());
  const { measurements } = await stats.rebuild();
  return `${measurements} measurements are rolled up`;
}

/** Reads no database. Exit code 1, and each problem on a line of its own, when something is not as it was backed up. */
async function verify(folder: string): Promise<string> {
  const { manifest, blocks, problems } = await verifyBackup(folder);
  if (problems.length > 0) {
    process.exitCode = 1;
    return [`${folder} is damaged:`, ...problems].join('\n');
  }
  const { createdAt, tables, cars } = manifest;
  return `${folder}: as of ${createdAt}, ${tables.length} tables, ${cars.length} CARs, ${blocks} blocks, all right`;
}

/** What a command prints. @throws Misuse for one that there is not */
async function runCommand(name: string): Promise<string> {
  if (name === 'stats:rebuild') return rebuildStats();
  if (name === 'backup:verify') return verify(required(argument, 'PATH'));
  const ofStorage = storageCommands[name];
  if (ofStorage) return withStorage(ofStorage);
  const run = commands[name];
  if (!run) throw new Misuse(name === '' ? '' : `no command ${name}`);
  await using accounts = new AccountCommands(AppConfig.fromProcess());
  return await run(accounts);
}

/** The data folder and the database for as long as the work takes; closed also after a failure. */
async function withStorage<T>(work: (storage: StorageCommands) => Promise<T>): Promise<T> {
  await using storage = new StorageCommands(AppConfig.fromProcess());
  return await work(storage);
}

/** Ends the process with code 2 when an option is unknown or lacks its value. */
function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'key-file': { type: 'string' },
        'login-link': { type: 'boolean', default: false },
        user: { type: 'string' },
        admin: { type: 'boolean', default: false },
        bytes: { type: 'string' },
        pins: { type: 'string' },
        weight: { type: 'string' },
        replication: { type: 'string' },
        duration: { type: 'string' },
        price: { type: 'string' },
        'verified-price': { type: 'string' },
        datacap: { type: 'string' },
        spend: { type: 'string' },
        scope: { type: 'string', default: 'user' },
        label: { type: 'string', default: '' },
        expiry: { type: 'string', default: '30d' },
        'lost-and-found': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${messageOf(error)}\n${USAGE}`);
    process.exit(2);
  }
}

/** @throws Misuse for nothing, and for empty text */
function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new Misuse(`${name} is missing`);
  return value;
}

/** @throws Misuse; whether the number is in range is said by the verb */
function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,16}$/.test(text)) throw new Misuse(`${name} is a whole number`);
  return Number(text);
}

/** One limit of a change: left out while it is not named, null for `none`. */
function orNone<T>(name: string, text: string | undefined, read: (text: string) => T): Record<string, T | null> {
  if (text === undefined) return {};
  return { [name]: text === 'none' ? null : read(text) };
}

/** At most 30 digits, as the API takes them. @throws Misuse */
function attoFil(name: string, text: string): bigint {
  if (!/^\d{1,30}$/.test(text)) throw new Misuse(`${name} is a whole number of attoFIL`);
  return BigInt(text);
}

/** Plain bytes, or with a unit: 500MB, 10GiB. */
function bytesOf(name: string, text: string): number {
  const [, amount, prefix, binary] = /^(\d{1,16}(?:\.\d+)?)(?:([kmgtp])(i?)b)?$/i.exec(text) ?? [];
  if (amount === undefined) throw new Misuse(`${name} is a number of bytes such as 5000000, 500MB, 10GiB, or none`);
  const power = prefix === undefined ? 0 : 'kmgtp'.indexOf(prefix.toLowerCase()) + 1;
  return Math.floor(Number(amount) * (binary ? 1024 : 1000) ** power);
}

/** @throws Misuse that names the scopes there are */
function scopeOf(text: string): Scope {
  const scope = SCOPES.find((known) => known === text);
  if (!scope) throw new Misuse(`--scope is one of ${SCOPES.join(', ')}`);
  return scope;
}
