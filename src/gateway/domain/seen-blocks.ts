import type { CID } from 'multiformats/cid';
import { blockKey, isIdentity } from '../../ipld/index.js';
import { Unreadable } from './gateway.errors.js';

/** Characters of a key: 128 bits of the hash. Nobody can make two blocks meet in them. */
const KEY_CHARACTERS = 18;
/** What an entry of a set of such keys takes. */
const ENTRY_BYTES = 72;

/** Memory for the blocks that all exports of this process have sent. */
export class SeenMemory {
  private held = 0;

  /** @param limit - bytes */
  constructor(private readonly limit: number) {}

  /** For one export. It has to be closed. */
  open(): SeenBlocks {
    return new SeenBlocks((bytes) => {
      if (bytes > 0 && this.held + bytes > this.limit) return false;
      this.held += bytes;
      return true;
    });
  }
}

/** Which blocks have been sent, by their bytes. */
export class SeenBlocks {
  private readonly keys = new Set<string>();

  constructor(private readonly take: (bytes: number) => boolean) {}

  /** Whether it is the first time; from now on it is not. @throws Unreadable where there is no room for so many */
  add(cid: CID): boolean {
    const key = keyOf(cid);
    if (this.keys.has(key)) return false;
    if (!this.take(ENTRY_BYTES)) throw new Unreadable(`more blocks than one export may have: ${this.keys.size}`);
    this.keys.add(key);
    return true;
  }

  /** Changes nothing. */
  has(cid: CID): boolean {
    return this.keys.has(keyOf(cid));
  }

  /** Gives the memory back. Idempotent; nothing counts as seen afterwards. */
  close(): void {
    this.take(-ENTRY_BYTES * this.keys.size);
    this.keys.clear();
  }
}

/** A CID that carries its block differs from others anywhere. */
function keyOf(cid: CID): string {
  return isIdentity(cid) ? blockKey(cid) : blockKey(cid).slice(0, KEY_CHARACTERS);
}
