import { CID } from 'multiformats/cid';
import { PathConflict, TooManyEntries } from './content.errors.js';
import type { PathNames } from './upload-path.js';

/** A file of a folder: its root, and the bytes of all blocks below (`Tsize`). */
export interface FolderFile {
  cid: CID;
  cumulative: number;
}

/** Names and what they name; a number stands for a file. */
export type Folder = Map<string, Folder | number>;

/** CIDs grow by so many at a time. */
const CIDS_PER_STEP = 4_096;
/** Bytes of a CIDv1 with a SHA-256; a CIDv0 is shorter. */
const CID_BYTES = 36;

/**
 * The folders of an upload while its files come in: names, and for each file its CID and size, in some 150 bytes each
 * however large the files are.
 */
export class FolderTree {
  readonly root: Folder = new Map();
  files = 0;
  folders = 0;
  private cids = Buffer.alloc(0);
  private readonly lengths: number[] = [];
  private readonly cumulative: number[] = [];

  /** @param limit files and folders together */
  constructor(private readonly limit: number) {}

  /**
   * Keeps the place of a file whose bytes are still to come, and says by which number it is filled.
   * @throws PathConflict when something has that path, or a file stands where a folder is needed; TooManyEntries
   */
  reserve(names: PathNames): number {
    const folder = this.folderAt(names.slice(0, -1), names);
    const name = names.at(-1) as string;
    if (folder.has(name)) throw conflict(names, 'is there twice');
    this.count();
    folder.set(name, this.files);
    this.files += 1;
    return this.files - 1;
  }

  /** What the file of that number turned out to be. */
  fill(file: number, { cid, cumulative }: FolderFile): void {
    const needed = (file + 1) * CID_BYTES;
    if (this.cids.length < needed) {
      const larger = Buffer.alloc(Math.max(needed, this.cids.length * 2, CIDS_PER_STEP * CID_BYTES));
      larger.set(this.cids);
      this.cids = larger;
    }
    this.cids.set(cid.bytes, file * CID_BYTES);
    this.lengths[file] = cid.bytes.length;
    this.cumulative[file] = cumulative;
  }

  /** The file of that number. */
  file(file: number): FolderFile {
    const at = file * CID_BYTES;
    const bytes = this.cids.subarray(at, at + (this.lengths[file] ?? 0));
    return { cid: CID.decode(Uint8Array.from(bytes)), cumulative: this.cumulative[file] ?? 0 };
  }

  /** A folder, and those above it, where there are none yet. @throws PathConflict, TooManyEntries */
  addFolder(names: PathNames): void {
    this.folderAt(names, names);
  }

  private folderAt(names: readonly string[], path: PathNames): Folder {
    let folder = this.root;
    for (const name of names) {
      const found = folder.get(name);
      if (typeof found === 'number') throw conflict(path, `needs a folder where the file ${JSON.stringify(name)} is`);
      if (found) folder = found;
      else {
        this.count();
        this.folders += 1;
        const made: Folder = new Map();
        folder.set(name, made);
        folder = made;
      }
    }
    return folder;
  }

  private count(): void {
    if (this.files + this.folders >= this.limit) throw new TooManyEntries(this.limit);
  }
}

function conflict(names: PathNames, why: string): PathConflict {
  const path = names.join('/');
  return new PathConflict(`the path ${JSON.stringify(path)} ${why}`, { details: { path } });
}
