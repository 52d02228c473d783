import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { DiskFull } from '../domain/storage.errors.js';

const TRUST_MS = 500;

/** Room on the disk that one DAG on its way in was promised and has not written to yet. */
export interface SpaceReservation {
  /** Bytes that may still be written without asking again. */
  readonly left: number;
  /** @throws DiskFull when so many bytes more would eat into the reserve */
  grow(bytes: number): Promise<void>;
  /** So many of the promised bytes are in a file. */
  spend(bytes: number): void;
  /** What was not written is free for others. Harmless twice. */
  release(): void;
}

/**
 * How much room the disk of the CARs has, beside DISK_RESERVE_BYTES. The disk is looked at twice a second; what was
 * written since, and what is promised to DAGs on their way in, is kept account of: however many come at once, no two are
 * promised the same room. (By this process. The reserve is what the other one and the database have beside it.)
 */
@Injectable()
export class DiskSpace {
  private readonly reserved: number;
  private readonly folder: string;
  private seenAt = -Infinity;
  private looking: Promise<void> | undefined;
  private free = 0;
  private promised = 0;
  /** Since the disk was looked at. */
  private spent = 0;

  constructor(config: AppConfig) {
    this.reserved = config.values.DISK_RESERVE_BYTES;
    this.folder = config.inData('cars');
    mkdirSync(this.folder, { recursive: true });
  }

  /** @throws DiskFull when so many bytes more would eat into the reserve, or into what others were promised. */
  async ensure(bytes: number): Promise<void> {
    await this.upToDate();
    this.assertRoom(bytes);
  }

  /** Without a turn of the loop between the question and what is done on its answer. */
  private assertRoom(bytes: number): void {
    const left = this.free - this.spent - this.promised - this.reserved;
    if (left >= bytes) return;
    throw new DiskFull('this node has no room for it', { details: { needed: bytes, free: Math.max(0, left) } });
  }

  /** @throws DiskFull as `ensure` */
  async reserve(bytes: number): Promise<SpaceReservation> {
    const reservation = new Reservation({
      take: async (more) => {
        await this.upToDate();
        this.assertRoom(more);
        this.promised += more;
      },
      spend: (some) => {
        this.promised -= some;
        this.spent += some;
      },
      cancel: (some) => {
        this.promised -= some;
      },
    });
    await reservation.grow(bytes);
    return reservation;
  }

  private async upToDate(): Promise<void> {
    if (performance.now() - this.seenAt <= TRUST_MS) return;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
    });
    await this.looking;
  }

  private async look(): Promise<void> {
    const before = this.spent;
    this.free = await this.freeBytes();
    // What was written while the disk answered may or may not be in its answer: it counts.
    this.spent -= before;
    this.seenAt = performance.now();
  }

  /** What the file system has for us. */
  protected async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }
}

interface Account {
  take(bytes: number): Promise<void>;
  spend(bytes: number): void;
  cancel(bytes: number): void;
}

class Reservation implements SpaceReservation {
  left = 0;
  private released = false;

  constructor(private readonly account: Account) {}

  async grow(bytes: number): Promise<void> {
    await this.account.take(bytes);
    if (this.released) this.account.cancel(bytes);
    else this.left += bytes;
  }

  spend(bytes: number): void {
    const some = Math.min(bytes, this.left);
    this.left -= some;
    this.account.spend(some);
  }

  release(): void {
    this.released = true;
    this.account.cancel(this.left);
    this.left = 0;
  }
}
