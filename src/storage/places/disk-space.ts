import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { DiskFull } from '../domain/storage.errors.js';

const TRUST_MS = 500;

/** How much room the disk of the CARs has. Asked often, looked up twice a second. */
@Injectable()
export class DiskSpace {
  private readonly reserve: number;
  private readonly folder: string;
  private seenAt = -Infinity;
  private free = 0;

  constructor(config: AppConfig) {
    this.reserve = config.values.DISK_RESERVE_BYTES;
    this.folder = config.inData('cars');
    mkdirSync(this.folder, { recursive: true });
  }

  /** @throws DiskFull when so many bytes more would eat into the reserve. */
  async ensure(bytes: number): Promise<void> {
    if (performance.now() - this.seenAt > TRUST_MS) {
      const { bavail, bsize } = await statfs(this.folder);
      this.free = bavail * bsize;
      this.seenAt = performance.now();
    }
    if (this.free - bytes < this.reserve)
      throw new DiskFull('this node has no room for it', {
        details: { needed: bytes, free: Math.max(0, this.free - this.reserve) },
      });
  }
}
