import { constants } from 'node:fs';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { carId, type CarId } from '../../shared/index.js';

/** Where CAR files lie: `cars/<first two hex digits from the end>/<uuid>.car`. Ids begin with the time, so their ends spread. */
@Injectable()
export class CarFolder {
  private readonly root: string;

  constructor(config: AppConfig) {
    this.root = config.inData('cars');
  }

  pathOf(id: CarId): string {
    return path.join(this.root, id.slice(-2), `${id}.car`);
  }

  async sizeOf(id: CarId): Promise<number | null> {
    const facts = await stat(this.pathOf(id)).catch(unlessMissing);
    return facts === null ? null : facts.size;
  }

  /** A new, empty file; its name is durable once `syncFolder` was called. */
  async create(id: CarId): Promise<FileHandle> {
    const file = this.pathOf(id);
    await mkdir(path.dirname(file), { recursive: true });
    return open(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);
  }

  async openForWriting(id: CarId): Promise<FileHandle> {
    return open(this.pathOf(id), constants.O_RDWR);
  }

  /** Makes the file's name survive a power cut. */
  async syncFolder(id: CarId): Promise<void> {
    await syncDirectory(path.dirname(this.pathOf(id)));
  }

  /** Answers the bytes that the file had, 0 when there was none. */
  async remove(id: CarId): Promise<number> {
    const size = await this.sizeOf(id);
    await rm(this.pathOf(id), { force: true });
    return size ?? 0;
  }

  async *list(): AsyncGenerator<{ id: CarId; modified: Date }> {
    for (const folder of await readdir(this.root).catch(() => [])) {
      for (const name of await readdir(path.join(this.root, folder)).catch(() => [])) {
        const match = /^([0-9a-f-]{36})\.car$/.exec(name);
        const facts =
          match?.[1] === undefined ? null : await stat(path.join(this.root, folder, name)).catch(unlessMissing);
        if (match?.[1] !== undefined && facts) yield { id: carId(match[1]), modified: facts.mtime };
      }
    }
  }
}

export async function syncDirectory(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
