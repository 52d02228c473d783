import { CID } from 'multiformats/cid';
import PQueue from 'p-queue';
import {
  BlockUndecodable,
  cidOfNodeKey,
  CodecUnknown,
  followLinks,
  IdentityTooLong,
  isIdentity,
  linksOf,
  type LinkTable,
  nodeKey,
  RAW,
  readLinks,
} from '../../ipld/index.js';
import { inSlices, pauseIfDue } from '../../shared/index.js';
import { RootMissing } from '../../storage/index.js';
import { CarInvalid, DagIncomplete } from './content.errors.js';
import type { DagSizes } from './dag-sizes.js';

/** What is kept track of, each way: some 100 MB. */
const MOST_NODES = 1_000_000;
/** Links between two pauses. */
const LINKS_PER_STEP = 256;
/** Bytes. What a larger block links to takes some ten times its size in memory while it is read. */
const LARGE_BLOCK_BYTES = 128 * 1024;
/** Large blocks of all uploads are followed one at a time: twenty at once held half a gibibyte and more. */
const largeBlocks = new PQueue({ concurrency: 1 });

/**
 * Follows the blocks of a DAG as they come, in any order, and knows what is linked and has not come. One root is stored
 * once for everybody: a DAG with holes would stand for the whole one that somebody else brings later. A CAR that was
 * cut off between two sections is found out the same way.
 */
export class DagCompleteness {
  /** Blocks that may link, by CID: the same bytes under another codec link to other things, or to nothing. */
  private readonly nodes = new Set<string>();
  /** Nodes and leaves that were linked to and have not come. */
  private readonly missing = new Set<string>();
  /** Blocks whose links nobody here can read. */
  private unread = 0;

  /**
   * @param isHere whether the bytes of a multihash have come: enough for leaves
   * @param sizes hears of each block and link
   */
  constructor(
    private readonly isHere: (cid: CID) => boolean,
    private readonly sizes: DagSizes | null = null,
    private readonly most = MOST_NODES,
  ) {}

  /**
   * False: the links of some block could not be read, because its codec is not known here or does not read it. Such a
   * DAG may be stored; what else belongs to it nobody can tell, so it must not stand for another upload of its root.
   */
  get verifiable(): boolean {
    return this.unread === 0;
  }

  /**
   * One block after the other. Pauses where others wait for the thread.
   * @throws CarInvalid for a DAG with more nodes than can be followed, and for a link that carries over 128 bytes
   */
  async add(cid: CID, bytes: Uint8Array): Promise<void> {
    this.missing.delete(nodeKey(CID.createV1(RAW, cid.multihash)));
    if (cid.code === RAW) return this.sizes?.block(cid, bytes.length);
    const key = nodeKey(cid);
    if (this.nodes.has(key)) return;
    this.sizes?.block(cid, bytes.length);
    this.missing.delete(key);
    this.nodes.add(key);
    this.assertFollowed();
    if (bytes.length < LARGE_BLOCK_BYTES) await this.followAll(cid, bytes);
    else await largeBlocks.add(() => this.followAll(cid, bytes));
  }

  /** @throws CarInvalid */
  private async followAll(cid: CID, bytes: Uint8Array): Promise<void> {
    let steps = 0;
    for (const link of this.linksIn(cid, await this.tableOf(cid, bytes))) {
      if (link) {
        this.follow(link);
        this.sizes?.link(link);
      }
      steps += 1;
      if (steps % LINKS_PER_STEP !== 0) continue;
      this.assertFollowed();
      await pauseIfDue();
    }
    this.assertFollowed();
  }

  /** @throws RootMissing, DagIncomplete, CarInvalid for a root that carries over 128 bytes */
  assertComplete(roots: readonly CID[]): void {
    for (const root of roots) {
      if (isIdentity(root)) for (const link of this.linksInRoot(root)) this.follow(link);
      else if (!this.has(root)) throw new RootMissing(`the root block ${root.toString()} did not come with the DAG`);
    }
    const [first] = this.missing;
    if (first === undefined) return;
    const cid = cidOfNodeKey(first).toString();
    throw new DagIncomplete(`${this.missing.size} linked blocks did not come, the first of them ${cid}`, {
      details: { missing: this.missing.size, cid },
    });
  }

  /** @throws CarInvalid */
  private assertFollowed(): void {
    if (this.nodes.size > this.most || this.missing.size > this.most)
      throw new CarInvalid(
        `a DAG with more than ${this.most} nodes, or so many links that lead ahead, has to come in several CARs`,
      );
  }

  private follow(link: CID): void {
    if (!this.has(link)) this.missing.add(nodeKey(link));
  }

  private has(cid: CID): boolean {
    return cid.code === RAW ? this.isHere(cid) : this.nodes.has(nodeKey(cid));
  }

  private async tableOf(cid: CID, bytes: Uint8Array): Promise<LinkTable> {
    try {
      return await inSlices(readLinks(cid, bytes, 'strict'));
    } catch (error) {
      this.assertOnlyUnread(cid, error);
      return inSlices(readLinks(cid, bytes, 'lenient'));
    }
  }

  /** The links of a block and, in their place, those of identity CIDs among them. @throws CarInvalid */
  private *linksIn(cid: CID, table: LinkTable): Generator<CID | null> {
    // What can be read is followed from the beginning then: to follow a link twice changes nothing.
    for (const strictness of ['strict', 'lenient'] as const) {
      try {
        yield* followLinks(table, strictness);
        return;
      } catch (error) {
        this.assertOnlyUnread(cid, error);
      }
    }
  }

  /** What a root links to that lies in its CID: at most 128 bytes. @throws CarInvalid */
  private *linksInRoot(root: CID): Generator<CID> {
    for (const strictness of ['strict', 'lenient'] as const) {
      try {
        yield* linksOf(root, root.multihash.digest, strictness);
        return;
      } catch (error) {
        this.assertOnlyUnread(root, error);
      }
    }
  }

  /**
   * Links that cannot be read are not "no links": what can be read is followed, and the DAG is not verifiable.
   * @throws CarInvalid for a link that carries over 128 bytes; every other failure as it is
   */
  private assertOnlyUnread(cid: CID, error: unknown): void {
    if (error instanceof IdentityTooLong)
      throw new CarInvalid(`the block ${cid.toString()}: ${error.message}`, { cause: error });
    if (!(error instanceof CodecUnknown || error instanceof BlockUndecodable)) throw error;
    this.unread += 1;
  }
}
