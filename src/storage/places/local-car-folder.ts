import { constants } from 'node:fs';
import { copyFile, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId, DomainError, messageOf, type CarId } from '../../shared/index.js';
import { lockOpenFile } from '../../shared/file-lock.js';
import { placeOf } from '../domain/car.js';
import { CarWriteFailed, DiskFull } from '../domain/storage.errors.js';
import { CarPlace } from '../ports/car-place.port.js';
import { namesIn, sizeOf as lengthOfFile, unlessMissing } from './file-facts.js';
import { OpenFiles } from './open-files.js';
import { makeDirectory, syncDirectory } from './sync-directory.js';

const CAR = /^[0-9a-f-]{36}\.car$/;
/** What `put` writes until it is whole; the release before gave them no number. */
const PARTIAL = /^[0-9a-f-]{36}\.car\.\d+(-\d+)?\.tmp$/;

/**
 * The data folder of this node: `cars/<last two hex digits>/<uuid>.car`. (Ids begin with the time, so their ends
 * spread.) It is also where CARs are written while they are open: what is beyond CarPlace is for those who do that.
 */
@Injectable()
export class LocalCarFolder extends CarPlace implements OnApplicationShutdown {
  private readonly root: string;
  /** Begun by this process: no two have one name. */
  private partials = 0;
  private readonly files = new OpenFiles((id) => open(this.pathOf(id), 'r'));

  constructor(
    config: AppConfig,
    private readonly node: NodeIdentity,
  ) {
    super();
    this.root = config.inData('cars');
  }

  /** As rows name this place: `node:<node id>`. */
  get name(): string {
    return placeOf(this.node.id);
  }

  /**
   * Written beside its target under a lock of the kernel, synced, then renamed: whoever reads finds the old file or the
   * whole new one. @throws DiskFull, CarWriteFailed, what the bytes throw; then the old file stays
   */
  async put(id: CarId, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    const target = this.pathOf(id);
    this.partials += 1;
    const partial = `${target}.${process.pid}-${this.partials}.tmp`;
    await makeDirectory(path.dirname(target));
    const handle = await open(partial, 'w');
    try {
      // Held until the file has its name: by that others know that its writer lives.
      if (!lockOpenFile(handle.fd)) throw new CarWriteFailed(`somebody else writes ${path.basename(partial)}`);
      const length = await writeInto(handle, bytes);
      await rename(partial, target);
      this.files.forget(id);
      await this.syncFolder(id);
      return length;
    } finally {
      await handle.close();
      await rm(partial, { force: true });
    }
  }

  /**
   * Removes files that `put` had begun when its process was killed: nobody holds the kernel's lock on them any more. Their
   * CARs are still where they were being copied from. Answers how many.
   */
  async removePartials(): Promise<number> {
    let removed = 0;
    for await (const file of this.filesThat((name) => PARTIAL.test(name))) {
      const handle = await open(file, 'r+').catch(unlessMissing);
      try {
        if (!handle || !lockOpenFile(handle.fd)) continue;
        await rm(file, { force: true });
        removed += 1;
      } finally {
        await handle?.close();
      }
    }
    return removed;
  }

  /** The file stays open for the next reader for some seconds. */
  async read(id: CarId, offset: number, length: number): Promise<Buffer | null> {
    return this.files.read(id, offset, length);
  }

  /** Changes whenever the file is written to or replaced; null when there is none. */
  async versionOf(id: CarId): Promise<string | null> {
    const facts = await stat(this.pathOf(id), { bigint: true }).catch(unlessMissing);
    return facts && `${facts.ino}-${facts.size}-${facts.mtimeNs}-${facts.ctimeNs}`;
  }

  /** Of the file as it is, open CARs included; null when there is none. */
  async sizeOf(id: CarId): Promise<number | null> {
    return lengthOfFile(this.pathOf(id));
  }

  /** The name is gone for good when it resolves. 0 when there was none. */
  async remove(id: CarId): Promise<number> {
    const size = await this.sizeOf(id);
    await rm(this.pathOf(id), { force: true });
    // Who still reads keeps the file's space until they are done.
    this.files.forget(id);
    if (size !== null) await this.syncFolder(id);
    return size ?? 0;
  }

  /** In no order. Files that are being put, and lost+found, are not among them. */
  async *list(): AsyncGenerator<{ id: CarId; modified: Date }> {
    for await (const file of this.filesThat((name) => CAR.test(name))) {
      const facts = await stat(file).catch(unlessMissing);
      if (facts) yield { id: carId(path.basename(file, '.car')), modified: facts.mtime };
    }
  }

  /** Closes what nobody reads; the last reader closes the others. */
  onApplicationShutdown(): void {
    this.files.close();
  }

  /** Absolute path, whether or not the file is there. For programs of this machine that take no bytes, only a path. */
  pathOf(id: CarId): string {
    return path.join(this.root, id.slice(-2), `${id}.car`);
  }

  /**
   * A new, empty file to be written in place; its name is durable once `syncFolder` was called.
   * @throws Error when there is one
   */
  async create(id: CarId): Promise<FileHandle> {
    const file = this.pathOf(id);
    await makeDirectory(path.dirname(file));
    return open(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);
  }

  /** To go on with, or to be scanned. @throws Error with code ENOENT when there is none */
  async openForWriting(id: CarId): Promise<FileHandle> {
    return open(this.pathOf(id), constants.O_RDWR);
  }

  /** The file was moved or replaced by others of this process: the next reader opens what is there then. */
  forget(id: CarId): void {
    this.files.forget(id);
  }

  /**
   * Copies the file to `lost+found/`, for people to look at: something in it is damaged and is about to be given up. The
   * copy shares its bytes with the file where the file system can do that.
   */
  async keepAside(id: CarId): Promise<void> {
    const folder = path.join(this.root, 'lost+found');
    await makeDirectory(folder);
    const target = path.join(folder, `${id}.damaged.car`);
    await copyFile(this.pathOf(id), target, constants.COPYFILE_FICLONE);
    await syncDirectory(folder);
  }

  /** Paths in the folders of CARs, by their names. */
  private async *filesThat(isOne: (name: string) => boolean): AsyncGenerator<string> {
    for (const folder of await namesIn(this.root)) {
      // Beside the folders of CARs lie the mark of the platform and what nobody knows (lost+found).
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await namesIn(path.join(this.root, folder)))
        if (isOne(name)) yield path.join(this.root, folder, name);
    }
  }

  /** Makes the file's name survive a power cut. */
  async syncFolder(id: CarId): Promise<void> {
    await syncDirectory(path.dirname(this.pathOf(id)));
  }
}

/** The failure of a disk, by the name that it has for us. */
export function namedDiskError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new DiskFull('there is no room left on this node', { cause: error });
  return new CarWriteFailed(`a CAR could not be written: ${messageOf(error)}`, { cause: error });
}

/** All of the bytes, durable; answers their number. What the source throws is passed on as it is. */
async function writeInto(handle: FileHandle, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of bytes) {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await onDisk(handle.write(chunk, done, chunk.length - done, length));
      done += bytesWritten;
      length += bytesWritten;
    }
  }
  await onDisk(handle.datasync());
  return length;
}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw namedDiskError(error);
  }
}
