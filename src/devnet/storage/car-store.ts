import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { CarReader, ReadResult } from './car-reader.js';
import type { Database } from './database.js';
import type { Piece } from './piece-cid.js';

/** A CAR that is stored: SHA-256 in hex, bytes, and its piece. */
export interface KeptCar extends Piece {
  id: number;
  sha: string;
  size: number;
}

interface CarRow {
  id: number;
  sha: string;
  size: number;
}
interface PieceRow {
  sha: string;
  piece_cid: string;
  piece_size: number;
  car_size: number;
}

/** What a copy leaves free on the disk. */
const spareBytes = 192 * 1024 ** 2;

/**
 * What all miners together keep on disk: each CAR once per SHA-256 of its bytes, with an index of its blocks, for as
 * long as a deal refers to it. commP is computed once per SHA-256 and remembered for good.
 */
export class CarStore {
  private readonly kept = new Map<string, Promise<KeptCar>>();
  private readonly measured = new Map<string, Promise<Piece & { sha: string; size: number }>>();

  constructor(
    private readonly db: Database,
    private readonly reader: CarReader,
    private readonly dir: string,
  ) {
    mkdirSync(dir, { recursive: true });
    // Copies that a crash cut short.
    for (const { id } of db.all<{ id: number }>('select id from cars where sha is null')) this.forget(id);
  }

  /** Where the bytes lie once `has` says so. */
  path(carId: number): string {
    return join(this.dir, `${carId}.car`);
  }

  /** Whether the copy is complete and still there. */
  has(carId: number): boolean {
    return this.db.one('select 1 from cars where id = ? and sha is not null', carId) !== undefined;
  }

  /**
   * Takes a copy of the CAR at `source` into the store (one pass: copy, SHA-256, commP, block index). Concurrent
   * callers share the pass.
   */
  async take(source: string): Promise<KeptCar> {
    const identity = await identityOf(source);
    return once(this.kept, identity, () => this.copyIn(source, identity));
  }

  /** commP of a file of the client, without keeping it. */
  async measure(source: string): Promise<Piece & { sha: string; size: number }> {
    const identity = await identityOf(source);
    return once(this.measured, identity, async () => {
      const known = this.pieceOfFile(identity);
      if (known) return fromRow(known);
      const result = await this.reader.read({ path: source, commP: true });
      return fromRow(this.remember(identity, result));
    });
  }

  /** Says that a miner's deal over `pieceCid` refers to the CAR; it stays until `release`. */
  addReference(deal: number, miner: string, carId: number, pieceCid: string): void {
    this.db.run(
      'insert or replace into holdings(deal, miner, car, piece_cid) values (?, ?, ?, ?)',
      deal,
      miner,
      carId,
      pieceCid,
    );
  }

  /** Drops a deal's reference; the bytes go with the last one. */
  removeReference(deal: number): void {
    const reference = this.db.one<{ car: number }>('select car from holdings where deal = ?', deal);
    if (!reference) return;
    this.db.run('delete from holdings where deal = ?', deal);
    if (this.db.one('select 1 from holdings where car = ? limit 1', reference.car)) return;
    this.forget(reference.car);
  }

  /** For deals that failed before they referred to what was copied for them. */
  removeUnreferenced(carId: number): void {
    if (!this.db.one('select 1 from holdings where car = ? limit 1', carId)) this.forget(carId);
  }

  private async copyIn(source: string, identity: string): Promise<KeptCar> {
    const known = this.pieceOfFile(identity);
    const already = known && this.keptBySha(known.sha);
    if (known && already) return { ...already, ...fromRow(known) };

    await this.ensureSpace(source);
    const id = this.db.run('insert into cars(sha) values (null)').id;
    const incoming = `${this.path(id)}.part`;
    try {
      const result = await this.reader.read({ path: source, commP: !known, copyTo: incoming }, (rows) =>
        this.index(id, rows),
      );
      const piece = this.remember(identity, result, known);
      const twin = this.keptBySha(result.sha);
      if (twin) {
        this.forget(id);
        return { ...twin, ...fromRow(piece) };
      }
      // In one turn with the check for a twin: two copies of the same bytes must not both stay.
      renameSync(incoming, this.path(id));
      this.db.run('update cars set sha = ?, size = ? where id = ?', result.sha, result.size, id);
      return { id, ...fromRow(piece) };
    } catch (error) {
      this.forget(id);
      throw error;
    }
  }

  /** The miners share a disk with their clients here: theirs is full while the clients still have some. */
  private async ensureSpace(source: string): Promise<void> {
    const [{ size }, { bavail, bsize }] = await Promise.all([stat(source), statfs(this.dir)]);
    if (bavail * bsize < size + spareBytes) throw new Error("no space left on the miner's disk");
  }

  private index(carId: number, rows: { multihash: Uint8Array; position: number; length: number }[]): void {
    this.db.transaction(() => {
      for (const row of rows) {
        this.db.run(
          'insert or ignore into blocks(multihash, car, position, length) values (?, ?, ?, ?)',
          row.multihash,
          carId,
          row.position,
          row.length,
        );
      }
    });
  }

  /** Writes down the piece of these bytes, and that this file has them. */
  private remember(identity: string, result: ReadResult, known?: PieceRow): PieceRow {
    const stored = this.db.one<PieceRow>('select * from pieces where sha = ?', result.sha);
    const piece = result.piece;
    if (!stored && !piece)
      throw new Error(`the file changed while it was read (${identity}, before ${known?.sha ?? 'unknown'})`);
    const row = stored ?? {
      sha: result.sha,
      piece_cid: piece?.pieceCid ?? '',
      piece_size: piece?.pieceSize ?? 0,
      car_size: result.size,
    };
    this.db.transaction(() => {
      if (!stored)
        this.db.run(
          'insert into pieces(sha, piece_cid, piece_size, car_size) values (?, ?, ?, ?)',
          row.sha,
          row.piece_cid,
          row.piece_size,
          row.car_size,
        );
      this.db.run('insert or replace into seen_files(identity, sha) values (?, ?)', identity, result.sha);
    });
    return row;
  }

  private pieceOfFile(identity: string): PieceRow | undefined {
    return this.db.one<PieceRow>(
      'select pieces.* from seen_files join pieces using (sha) where identity = ?',
      identity,
    );
  }

  private keptBySha(sha: string): CarRow | undefined {
    return this.db.one<CarRow>('select id, sha, size from cars where sha = ?', sha);
  }

  /** Index and row in one transaction, then the files: a crash in between leaves files that nobody refers to. */
  private forget(carId: number): void {
    this.db.transaction(() => {
      this.db.run('delete from blocks where car = ?', carId);
      this.db.run('delete from cars where id = ?', carId);
    });
    rmSync(`${this.path(carId)}.part`, { force: true });
    void rm(this.path(carId), { force: true });
  }
}

/** A file is taken for unchanged while these are; every transfer hashes the bytes all the same. */
async function identityOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return createHash('sha256').update(`${path}\n${size}\n${mtimeMs}\n${ino}`).digest('hex');
}

function fromRow(row: PieceRow): Piece & { sha: string; size: number } {
  return { sha: row.sha, size: row.car_size, pieceCid: row.piece_cid, pieceSize: row.piece_size };
}

/** Callers that come while the work for the same key runs get its result. */
function once<T>(running: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
  const current = running.get(key);
  if (current) return current;
  const started = start().finally(() => running.delete(key));
  running.set(key, started);
  return started;
}
