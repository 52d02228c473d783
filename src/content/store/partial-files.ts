import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { DiskFull } from '../../storage/index.js';
import { PartialUploadGone } from '../domain/content.errors.js';

const READ_BYTES = 1024 * 1024;

/** The bytes of uploads that come in several requests: a file each, in `uploads/` of the data folder. */
@Injectable()
export class PartialFiles {
  private readonly folder: string;

  constructor(config: AppConfig) {
    this.folder = config.inData('uploads');
  }

  /**
   * The file, ready to go on at `offset`; what is behind that was never acknowledged and is cut away. A file that is not
   * there is made at offset 0, its name durable. Close it.
   * @throws PartialUploadGone when it is shorter than `offset`
   */
  async append(id: string, offset: number): Promise<PartialFile> {
    const file = offset === 0 ? await this.make(id) : await this.existing(id, 'r+');
    try {
      if ((await file.stat()).size < offset) throw gone();
      await file.truncate(offset);
      return new PartialFile(file, offset);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The first `length` bytes. @throws PartialUploadGone when there are fewer */
  async *read(id: string, length: number): AsyncGenerator<Uint8Array> {
    if (length === 0) return;
    const file = await this.existing(id, 'r');
    try {
      for (let at = 0; at < length;) {
        const { bytesRead, buffer } = await file.read({
          buffer: Buffer.allocUnsafeSlow(Math.min(READ_BYTES, length - at)),
          position: at,
        });
        if (bytesRead === 0) throw gone();
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  /** Idempotent. */
  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  private async make(id: string): Promise<FileHandle> {
    await mkdir(this.folder, { recursive: true });
    const file = await open(this.pathOf(id), 'w');
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return file;
  }

  private async existing(id: string, flags: 'r' | 'r+'): Promise<FileHandle> {
    return open(this.pathOf(id), flags).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? gone() : error;
    });
  }

  private pathOf(id: string): string {
    return path.join(this.folder, id);
  }
}

/** A file that grows. */
export class PartialFile {
  /** @param end where the next bytes go */
  constructor(
    private readonly file: FileHandle,
    public end: number,
  ) {}

  /** Not durable yet. @throws DiskFull */
  async write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const { bytesWritten } = await this.file.write(rest, 0, rest.length, this.end).catch(named);
      this.end += bytesWritten;
      rest = rest.subarray(bytesWritten);
    }
  }

  /** All that was written is durable. @throws DiskFull */
  async sync(): Promise<void> {
    await this.file.datasync().catch(named);
  }

  /** What is behind `end` is forgotten. */
  async cut(end: number): Promise<void> {
    await this.file.truncate(end);
    this.end = end;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function gone(): PartialUploadGone {
  return new PartialUploadGone('the bytes of this upload are not here any more: begin it anew');
}

function named(error: unknown): never {
  if (['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? ''))
    throw new DiskFull('this node has no room for it', { cause: error });
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
