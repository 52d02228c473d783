import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { HEADER_BYTES, PLACEHOLDER_ROOT, rootInHeader } from '../../ipld/index.js';
import { AppConfig } from '../../config/index.js';
import type { CarId } from '../../shared/index.js';
import { mismatchMessage, mismatchOf, type StorageFacts } from '../domain/platform-match.js';
import { StorageMismatch } from '../domain/storage.errors.js';
import { FolderIdentity } from '../places/folder-identity.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import { scanSections } from './section-scan.js';

/** So many ids are asked for in one statement. */
const BATCH = 1_000;

/**
 * Whether the data folder and the database of this process belong together: asked before anything is read, cut or
 * removed, and by every sweep. The rules are `mismatchOf`; why they are so is docs/decisions/0021.
 */
@Injectable()
export class PlatformCheck {
  constructor(
    private readonly config: AppConfig,
    private readonly identity: FolderIdentity,
    private readonly folder: LocalCarFolder,
    private readonly platform: PostgresPlatformStore,
  ) {}

  /**
   * Passes when they do, and marks the folder where it bears no mark yet. Changes nothing else.
   * @throws StorageMismatch with what to do about it
   */
  async assertTogether(): Promise<void> {
    const facts = await this.assertMayBeTogether();
    await this.mark();
    if (facts.missingAccepted && facts.missingFiles === 0) await this.identity.acceptMissing(false);
  }

  /** The same question without an answer in the folder: for commands. @throws StorageMismatch */
  async assertMayBeTogether(): Promise<StorageFacts> {
    const facts = await this.facts();
    const reason = mismatchOf(facts);
    if (reason === null) return facts;
    throw new StorageMismatch(mismatchMessage(reason, facts, this.config.dataDir), { details: { reason } });
  }

  /** Folder and places bear the id of the database, and its next generation. */
  async mark(): Promise<void> {
    const marks = await this.identity.read();
    const { id } = await this.platform.identity();
    const generation = await this.platform.nextGeneration(0n);
    if (marks.folder !== id || marks.place !== id || marks.generation === null)
      await this.identity.write(id, generation);
    else await this.identity.noteGeneration(generation);
  }

  /**
   * For a process that runs: the same database and the same folder as at its start, and neither of them an older one?
   * Only then may anything be removed. Counts the generation on.
   * @throws StorageMismatch
   */
  async assertStillTogether(): Promise<void> {
    const marks = await this.identity.read();
    const { id, generation } = await this.platform.identity();
    if (marks.folder !== id || marks.place !== id || (marks.generation ?? 0n) > generation)
      throw new StorageMismatch(
        `data folder (platform ${marks.folder}, CARs of ${marks.place}, generation ${marks.generation}) and database ` +
          `(platform ${id}, generation ${generation}) do not belong together any more`,
      );
    await this.identity.noteGeneration(await this.platform.nextGeneration(0n));
  }

  /** What is there, read from both sides. Files that come and go meanwhile have their rows before and after. */
  async facts(): Promise<StorageFacts> {
    // In this order: the database counts first, the folder follows.
    const marks = await this.identity.read();
    const row = await this.platform.identity();
    const { known, unknown } = await this.filesHere();
    const expected = await this.platform.expectedHere();
    return {
      platformId: row.id,
      generation: row.generation,
      knowsCars: row.knowsCars,
      folder: marks.folder,
      place: marks.place,
      seenGeneration: marks.generation,
      restoring: marks.restoring,
      missingAccepted: marks.missingAccepted,
      knownFiles: known.size,
      unknownFiles: unknown.length,
      expectedFiles: expected.length,
      missingFiles: (await this.missingOf(expected, known)).length,
    };
  }

  /** Unknown files with whole blocks in them. Torn ones never were anything: the sweep sets them aside. */
  async unknownCars(): Promise<CarId[]> {
    return (await this.filesHere()).unknown;
  }

  /** CARs that are wanted here and have no file. */
  async missingCars(): Promise<CarId[]> {
    return this.missingOf(await this.platform.expectedHere(), new Set());
  }

  private async filesHere(): Promise<{ known: Set<CarId>; unknown: CarId[] }> {
    const files: CarId[] = [];
    for await (const { id } of this.folder.list()) files.push(id);
    const known = new Set<CarId>();
    for (let at = 0; at < files.length; at += BATCH)
      for (const id of await this.platform.known(files.slice(at, at + BATCH))) known.add(id);
    const unknown: CarId[] = [];
    for (const id of files) if (!known.has(id) && (await holdsBlocks(this.folder, id))) unknown.push(id);
    return { known, unknown };
  }

  private async missingOf(expected: readonly CarId[], seen: ReadonlySet<CarId>): Promise<CarId[]> {
    const missing: CarId[] = [];
    for (const id of expected) if (!seen.has(id) && (await this.folder.sizeOf(id)) === null) missing.push(id);
    return missing;
  }
}

/** A whole block stands behind the header: bytes that may have been acknowledged. False when there is no file. */
export async function holdsBlocks(folder: LocalCarFolder, id: CarId, from = HEADER_BYTES): Promise<boolean> {
  const size = await folder.sizeOf(id);
  if (size === null || size <= from) return false;
  const handle = await folder.openForWriting(id);
  try {
    for await (const _ of scanSections(handle, from, size)) return true;
    return false;
  } finally {
    await handle.close();
  }
}

/** What the header of the file names as its root; null for a CAR that was not finished, or no CAR of ours. */
export async function rootOf(folder: LocalCarFolder, id: CarId): Promise<CID | null> {
  const header = await folder.read(id, 0, HEADER_BYTES);
  if (!header) return null;
  const root = rootInHeader(header);
  return root === null || root.equals(PLACEHOLDER_ROOT) ? null : root;
}
