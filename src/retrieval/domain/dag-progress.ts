import type { CID } from 'multiformats/cid';
import { followLinks, IdentityTooLong, isIdentity, readLinks } from '../../ipld/index.js';
import { inSlices, pauseIfDue } from '../../shared/index.js';
import { FetchFailed } from './retrieval.errors.js';

/** What is kept track of, unless more was stored: some 400 MB. What can be pinned has as many blocks at most. */
export const MOST_KNOWN = 4_000_000;
/** Links between two pauses. */
const LINKS_PER_STEP = 256;

/**
 * How much of a DAG is here and verified. A block is taken when its bytes hash to its CID and something that was taken
 * before links to it (the root: nothing needs to), so no stranger can make us keep what was not asked for. What one
 * miner sent still counts when the next one is asked. Pauses where others wait for the thread; one block at a time.
 */
export class DagProgress {
  /** Linked to, not here yet. */
  private readonly wanted = new Set<string>();
  /** Here and reachable, with the attempt in which it came last. */
  private readonly reached = new Map<string, number>();
  /** Here and intact, with its links, but nothing links to it so far: only where the order is not from the root down. */
  private readonly unlinked = new Map<string, string[]>();
  /** Of the blocks in `unlinked`, as often as they are there. */
  private unlinkedLinks = 0;
  private attempt = 0;
  private references = 1;
  private repeats = 0;
  private full = false;

  /** @param most blocks and links that are known at a time */
  constructor(
    root: CID,
    private readonly hashMatches: (cid: CID, bytes: Uint8Array) => boolean,
    private readonly most = MOST_KNOWN,
  ) {
    if (!isIdentity(root)) this.wanted.add(keyOf(root));
  }

  get complete(): boolean {
    return this.wanted.size === 0;
  }

  get blocks(): number {
    return this.reached.size;
  }

  /** Another source begins: blocks that came before may come once more. */
  begin(): void {
    this.attempt++;
    this.repeats = 0;
  }

  /**
   * A block out of a stream that goes from the root down. True: new, keep it. False: here already. Its bytes are not to
   * change before it resolves.
   * @throws FetchFailed 'wrong-bytes' naming the block, 'unsupported' for more blocks and links than are kept track of
   */
  async accept(cid: CID, bytes: Uint8Array): Promise<boolean> {
    const key = keyOf(cid);
    if (this.reached.has(key)) return this.repeat(key, cid);
    if (!this.wanted.has(key)) throw new FetchFailed('wrong-bytes', `block ${cid.toString()} was not asked for`);
    this.check(cid, bytes);
    await this.reach(key, await this.linksIn(cid, bytes));
    return true;
  }

  /**
   * A block out of a stretch in any order; `strays` tells afterwards whether one did not belong. True: new, keep it.
   * False: here already.
   * @throws as `accept` does; 'wrong-bytes' where blocks that nothing links to are too many
   */
  async acceptUnordered(cid: CID, bytes: Uint8Array): Promise<boolean> {
    const key = keyOf(cid);
    if (this.reached.has(key)) return this.repeat(key, cid);
    if (this.unlinked.has(key)) return false;
    this.check(cid, bytes);
    const links = await this.linksIn(cid, bytes);
    if (this.wanted.has(key)) await this.reach(key, links);
    else {
      this.unlinked.set(key, links);
      this.unlinkedLinks += links.length;
      this.assertKnown(0);
    }
    return true;
  }

  /** There was more than is kept track of. */
  get isFull(): boolean {
    return this.full;
  }

  /** Blocks that nothing links to. */
  get strays(): number {
    return this.unlinked.size;
  }

  /** @throws FetchFailed 'wrong-bytes', also for hashes that cannot be computed here. */
  private check(cid: CID, bytes: Uint8Array): void {
    if (!this.hashMatches(cid, bytes))
      throw new FetchFailed('wrong-bytes', `the bytes of block ${cid.toString()} do not match its hash`);
  }

  /** A stream with duplicates repeats a block at most as often as it is linked to. */
  private repeat(key: string, cid: CID): false {
    if (this.reached.get(key) === this.attempt && ++this.repeats > this.references)
      throw new FetchFailed('wrong-bytes', `block ${cid.toString()} came again and again`);
    this.reached.set(key, this.attempt);
    return false;
  }

  /** The block counts, and with it all that came before it and that it leads to, however deep. */
  private async reach(key: string, links: string[]): Promise<void> {
    const waiting: [string, string[]][] = [[key, links]];
    let steps = 0;
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [reachedKey, reachedLinks] = next;
      this.wanted.delete(reachedKey);
      this.reached.set(reachedKey, this.attempt);
      this.references += reachedLinks.length;
      for (const wantedKey of reachedLinks) {
        steps += 1;
        if (steps % LINKS_PER_STEP === 0) await pauseIfDue();
        if (this.reached.has(wantedKey)) continue;
        this.wanted.add(wantedKey);
        const known = this.unlinked.get(wantedKey);
        if (known === undefined) continue;
        this.unlinked.delete(wantedKey);
        this.unlinkedLinks -= known.length;
        waiting.push([wantedKey, known]);
      }
      this.assertKnown(0);
    }
  }

  /**
   * What a block links to, and identity CIDs in it in turn: they carry their bytes themselves. Bytes that their codec
   * cannot read have no links.
   * @throws FetchFailed 'wrong-bytes' for a link that carries over 128 bytes; as `assertKnown` does
   */
  private async linksIn(cid: CID, bytes: Uint8Array): Promise<string[]> {
    const found: string[] = [];
    try {
      let steps = 0;
      for (const link of followLinks(await inSlices(readLinks(cid, bytes, 'lenient')), 'lenient')) {
        if (link) found.push(keyOf(link));
        steps += 1;
        if (steps % LINKS_PER_STEP !== 0) continue;
        this.assertKnown(found.length);
        await pauseIfDue();
      }
    } catch (error) {
      if (error instanceof IdentityTooLong)
        throw new FetchFailed('wrong-bytes', `block ${cid.toString()}: ${error.message}`, error);
      throw error;
    }
    return found;
  }

  /** @throws FetchFailed when more is known than is kept track of, with so many links to come */
  private assertKnown(more: number): void {
    const unlinked = this.unlinked.size + this.unlinkedLinks;
    if (this.wanted.size + this.reached.size + unlinked + more <= this.most) return;
    this.full = true;
    if (this.unlinked.size > 0)
      throw new FetchFailed('wrong-bytes', `${this.unlinked.size} blocks came that nothing links to so far`);
    throw new FetchFailed('unsupported', `the DAG has more than ${this.most} blocks and links`);
  }
}

/**
 * A node: its codec and the first 128 bits of its hash, which is enough that nobody can make two meet, and half the
 * memory.
 */
function keyOf(cid: CID): string {
  const { code, digest } = cid.multihash;
  const { buffer, byteOffset, length } = digest;
  return `${cid.code}.${code}.${Buffer.from(buffer, byteOffset, Math.min(16, length)).toString('latin1')}`;
}
