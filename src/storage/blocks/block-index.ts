import { readFileSync } from 'node:fs';
import { mkdir, open as openFile, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { open, type Database } from 'lmdb';
import type { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { carId, type CarId } from '../../shared/index.js';
import { syncDirectory } from '../places/sync-directory.js';

/** Where a block lies. `cidLength` bytes before `offset` stands the CID of its section: readers compare it. */
export interface BlockPlace {
  carId: CarId;
  offset: number;
  length: number;
  cidLength: number;
}

/** One place of one block. */
export interface IndexEntry {
  /** Multihash bytes. */
  key: Uint8Array;
  place: BlockPlace;
}

/** Changing this rebuilds the index of every node at its next start. */
const FORMAT = 'tidewater-block-index 1';
const PLACE_BYTES = 27;
const MAX_KEY_BYTES = 512;

/**
 * Multihash -> places in CAR files, in LMDB, shared by the processes of this node. Several places for one block: each
 * CAR keeps its own, so that forgetting one never hides the other.
 *
 * Nothing here is synced to disk while it runs (docs/decisions): a killed process loses nothing, because the pages are
 * the kernel's; after a power cut the index is not trusted and rebuilt from the CAR files. Small files beside the
 * database tell which it was: `complete`, and `open.<process>` with the machine's boot, which a clean end takes away.
 */
export class BlockIndex {
  private readonly folder: string;
  private database: Database<Buffer, Buffer> | undefined;

  constructor(
    config: AppConfig,
    private readonly user: string,
  ) {
    this.folder = config.inData('index');
  }

  /**
   * False: what was there was of no use (absent, broken, of another format, not closed before the machine went down);
   * now it is empty.
   */
  async open(): Promise<boolean> {
    await mkdir(this.folder, { recursive: true });
    const trusted = await this.isTrusted();
    if (!trusted) await this.startEmpty();
    try {
      this.database = this.openDatabase();
    } catch {
      await this.startEmpty();
      this.database = this.openDatabase();
    }
    await this.write(`open.${this.user}`, machineBoot());
    return trusted && (await this.read('complete')) === FORMAT;
  }

  /** Everything is in it: the next start trusts it. */
  async markComplete(): Promise<void> {
    await this.write('complete', FORMAT);
  }

  /** Visible to every process when it resolves. */
  async add(entries: readonly IndexEntry[]): Promise<void> {
    let last: Promise<boolean> | undefined;
    for (const { key, place } of entries) {
      if (key.length <= MAX_KEY_BYTES) last = this.db.put(bufferOf(key), encodePlace(place));
    }
    await last;
  }

  /** These places alone; other places of the same blocks stay. Idempotent. */
  async remove(entries: readonly IndexEntry[]): Promise<void> {
    let last: Promise<boolean> | undefined;
    for (const { key, place } of entries) {
      if (key.length <= MAX_KEY_BYTES) last = this.db.remove(bufferOf(key), encodePlace(place));
    }
    await last;
  }

  /** The first place that is known, or null. */
  find(cid: CID): BlockPlace | null {
    const value = this.db.get(bufferOf(cid.multihash.bytes));
    return value ? decodePlace(value) : null;
  }

  /** Every place that is known, in no order of preference; empty where there is none. */
  findAll(cid: CID): BlockPlace[] {
    return [...this.db.getValues(bufferOf(cid.multihash.bytes))].map(decodePlace);
  }

  /**
   * Every entry whose block begins in this part of a CAR. Looks at all entries there are, a million a second, and lets
   * others work meanwhile: for repairs.
   */
  async placesIn(car: CarId, from: number, to: number): Promise<IndexEntry[]> {
    const found: IndexEntry[] = [];
    const id = Buffer.from(car.replaceAll('-', ''), 'hex');
    let seen = 0;
    for (const { key, value } of this.db.getRange({})) {
      if (++seen % 20_000 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (value.compare(id, 0, id.length, 0, id.length) !== 0) continue;
      const place = decodePlace(value);
      if (place.offset >= from && place.offset < to) found.push({ key: Uint8Array.from(key), place });
    }
    return found;
  }

  /**
   * To disk: the next start trusts it, whatever happens to the machine meanwhile. Other processes may go on using it.
   */
  async close(): Promise<void> {
    const { database } = this;
    if (!database) return;
    this.database = undefined;
    await database.flushed;
    await database.close();
    const file = await openFile(path.join(this.folder, 'data.mdb'), 'r+');
    await file.sync();
    await file.close();
    await rm(path.join(this.folder, `open.${this.user}`), { force: true });
  }

  private get db(): Database<Buffer, Buffer> {
    if (!this.database) throw new Error('the block index is not open');
    return this.database;
  }

  private openDatabase(): Database<Buffer, Buffer> {
    return open<Buffer, Buffer>({
      path: this.folder,
      dupSort: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      noSync: true,
    });
  }

  private async isTrusted(): Promise<boolean> {
    if ((await this.read('complete')) !== FORMAT) return false;
    const users = (await readdir(this.folder)).filter((name) => name.startsWith('open.'));
    const boots = await Promise.all(users.map((name) => this.read(name)));
    return boots.every((boot) => boot === machineBoot());
  }

  private async startEmpty(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
  }

  private async read(name: string): Promise<string | null> {
    return readFile(path.join(this.folder, name), 'utf8').catch(() => null);
  }

  private async write(name: string, text: string): Promise<void> {
    const file = await openFile(path.join(this.folder, name), 'w');
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await syncDirectory(this.folder);
  }
}

/** The next start of a process rebuilds the index from the CAR files. While nothing runs. */
export async function forgetIndex(config: AppConfig): Promise<void> {
  await rm(config.inData('index', 'complete'), { force: true });
}

/** Tells one run of the machine from the next. */
function machineBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Elsewhere: the time of the boot, to the minute. A wrong answer costs a rebuild, nothing else.
    return String(Math.round((Date.now() / 1000 - os.uptime()) / 60));
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function encodePlace({ carId: id, offset, length, cidLength }: BlockPlace): Buffer {
  const value = Buffer.allocUnsafe(PLACE_BYTES);
  value.write(id.replaceAll('-', ''), 0, 16, 'hex');
  value.writeUIntBE(offset, 16, 6);
  value.writeUInt32BE(length, 22);
  value.writeUInt8(cidLength, 26);
  return value;
}

function decodePlace(value: Buffer): BlockPlace {
  const hex = value.toString('hex', 0, 16);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return {
    carId: carId(id),
    offset: value.readUIntBE(16, 6),
    length: value.readUInt32BE(22),
    cidLength: value.readUInt8(26),
  };
}
