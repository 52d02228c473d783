import { CID } from 'multiformats/cid';
import { isIdentity, nodeKey, RAW } from '../../ipld/index.js';
import { pauseIfDue } from '../../shared/index.js';

/** Blocks and links that are kept track of: some 100 MB. */
const MOST_BLOCKS = 500_000;
const MOST_LINKS = 2_000_000;
/** Links that are followed, for all roots together: a fraction of a second. */
const MOST_STEPS = 4_000_000;
const STEPS_BETWEEN_PAUSES = 4096;

/**
 * What each of several DAGs holds that come in one CAR: the bytes of the blocks that its root leads to, whatever that
 * claims. Blocks come in any order, each with its links behind it. Blocks of the same bytes are one, under whatever
 * codec.
 */
export class DagSizes {
  /** By multihash. */
  private readonly ids = new Map<string, number>();
  /** By id; 0 where nothing but a link came. */
  private readonly bytes: number[] = [];
  /** By id: where in `links` its own begin and end. */
  private readonly begins: number[] = [];
  private readonly ends: number[] = [];
  private readonly links: number[] = [];
  private current = -1;
  private tooMany = false;

  constructor(
    private readonly mostBlocks = MOST_BLOCKS,
    private readonly mostLinks = MOST_LINKS,
    private readonly mostSteps = MOST_STEPS,
  ) {}

  /** A block; what `link` tells next are its links. The bytes of an identity CID are in the CID, and held nowhere. */
  block(cid: CID, length: number): void {
    const id = this.idOf(cid);
    if (id === null) return;
    if (!isIdentity(cid)) this.bytes[id] = length;
    if (cid.code === RAW) return;
    this.current = id;
    this.begins[id] = this.ends[id] = this.links.length;
  }

  /** A link of the block that came last. */
  link(to: CID): void {
    const id = this.idOf(to);
    if (id === null || this.current < 0) return;
    this.links.push(id);
    this.ends[this.current] = this.links.length;
    if (this.links.length > this.mostLinks) this.giveUp();
  }

  /**
   * For each root, in their order; null where it was not followed to its end, because there are too many blocks or
   * links, or its own bytes are in its CID: then it holds no more than all that came. Pauses where others wait for the
   * thread.
   */
  async of(roots: readonly CID[]): Promise<(number | null)[]> {
    const seenFor = new Int32Array(this.bytes.length).fill(-1);
    const sizes: (number | null)[] = [];
    const budget = { steps: this.mostSteps };
    for (const [at, root] of roots.entries()) {
      const id = this.ids.get(keyOf(root));
      sizes.push(id === undefined || isIdentity(root) ? null : await this.follow(id, at, seenFor, budget));
    }
    return sizes;
  }

  private async follow(
    root: number,
    mark: number,
    seenFor: Int32Array,
    budget: { steps: number },
  ): Promise<number | null> {
    const open = [root];
    seenFor[root] = mark;
    let held = 0;
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      held += this.bytes[id] ?? 0;
      const end = this.ends[id] ?? 0;
      for (let at = this.begins[id] ?? 0; at < end; at += 1) {
        budget.steps -= 1;
        if (budget.steps < 0) return null;
        if (budget.steps % STEPS_BETWEEN_PAUSES === 0) await pauseIfDue();
        const next = this.links[at] ?? root;
        if (seenFor[next] === mark) continue;
        seenFor[next] = mark;
        open.push(next);
      }
    }
    return held;
  }

  /** Null: too many came to tell them apart. */
  private idOf(cid: CID): number | null {
    if (this.tooMany) return null;
    const key = keyOf(cid);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.bytes.push(0) - 1;
    this.ids.set(key, id);
    this.begins.push(0);
    this.ends.push(0);
    if (this.bytes.length > this.mostBlocks) this.giveUp();
    return id;
  }

  private giveUp(): void {
    this.tooMany = true;
    this.ids.clear();
    for (const list of [this.bytes, this.begins, this.ends, this.links]) list.length = 0;
  }
}

function keyOf(cid: CID): string {
  return nodeKey(CID.createV1(RAW, cid.multihash));
}
