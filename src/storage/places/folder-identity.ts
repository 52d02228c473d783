import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { syncDirectory } from './sync-directory.js';

/** What a data folder says of the platform that it belongs to. */
export interface FolderMarks {
  /** Of the data folder, its file `platform-id`; null where no platform has written one yet. */
  folder: string | null;
  /** Of the place where the CARs lie, `cars/platform-id`: it tells an empty disk from one that is not mounted. */
  place: string | null;
  /** The highest generation of the database that this folder has seen; null before the first. */
  generation: bigint | null;
  /** What a restore that has not finished wrote there: nothing may start on this folder. */
  restoring: string | null;
  /** An operator has said that CARs without a file are gone (`storage:adopt`). */
  missingAccepted: boolean;
}

const PLATFORM_ID = 'platform-id';
const GENERATION = 'platform-generation';
const RESTORING = 'restore-unfinished';
const MISSING_ACCEPTED = 'missing-accepted';

/**
 * The marks of a data folder, each a small text file that is written whole and synced. The database keeps the same id
 * (`platform_identity`); who compares the two is `PlatformCheck`.
 */
@Injectable()
export class FolderIdentity {
  constructor(private readonly config: AppConfig) {}

  /** @throws what the file system throws; a file that is not there is null, one that cannot be read is no such thing */
  async read(): Promise<FolderMarks> {
    const [folder, place, generation, restoring, accepted] = await Promise.all([
      this.readMark(PLATFORM_ID),
      this.readMark('cars', PLATFORM_ID),
      this.readMark(GENERATION),
      this.readMark(RESTORING),
      this.readMark(MISSING_ACCEPTED),
    ]);
    return {
      folder,
      place,
      generation: generation !== null && /^\d{1,18}$/.test(generation) ? BigInt(generation) : null,
      restoring,
      missingAccepted: accepted !== null,
    };
  }

  /** The folder and its place of CARs belong to this platform from now on. Durable when it resolves; may be repeated. */
  async write(id: string, generation: bigint): Promise<void> {
    await this.writeMark(id, 'cars', PLATFORM_ID);
    await this.writeMark(id, PLATFORM_ID);
    await this.writeMark(String(generation), GENERATION);
  }

  /** Of the two processes that share a folder the one with the higher number is to win: never goes back. */
  async noteGeneration(generation: bigint): Promise<void> {
    const { generation: known } = await this.read();
    if (known === null || known < generation) await this.writeMark(String(generation), GENERATION);
  }

  /** From now until `clearRestoring` nothing starts on this folder. `dump`: what is being restored. */
  async markRestoring(dump: string): Promise<void> {
    await this.writeMark(dump, RESTORING);
  }

  async clearRestoring(): Promise<void> {
    await this.removeMark(RESTORING);
  }

  /** Starts put up with missing files until they find none missing. */
  async acceptMissing(accepted: boolean): Promise<void> {
    if (accepted) await this.writeMark('true', MISSING_ACCEPTED);
    else await this.removeMark(MISSING_ACCEPTED);
  }

  private async removeMark(name: string): Promise<void> {
    await rm(this.config.inData(name), { force: true });
    await syncDirectory(this.config.dataDir);
  }

  /** An empty file counts as none. */
  private async readMark(...names: string[]): Promise<string | null> {
    try {
      const text = (await readFile(this.config.inData(...names), 'utf8')).trim();
      return text === '' ? null : text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  private async writeMark(text: string, ...names: string[]): Promise<void> {
    const file = this.config.inData(...names);
    const draft = `${file}.${process.pid}`;
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(draft, 'w', 0o644);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncDirectory(path.dirname(file));
  }
}
