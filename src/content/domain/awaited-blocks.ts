import { CID } from 'multiformats/cid';
import { isIdentity, RootMissing } from '../../storage/index.js';
import { linksOf, RAW } from './block-links.js';
import { CarInvalid, DagIncomplete } from './content.errors.js';

/** What is kept track of, each way: some 100 MB. */
const MOST = 1_000_000;

/**
 * Follows the blocks of a DAG as they come, in any order, and knows what is linked and has not come. One root is stored
 * once for everybody: a DAG with holes would stand for the whole one that somebody else brings later. A CAR that was cut
 * off between two sections is found out the same way.
 */
export class AwaitedBlocks {
  /** Blocks that may link, by CID: the same bytes under another codec link to other things, or to nothing. */
  private readonly nodes = new Set<string>();
  private readonly awaited = new Set<string>();

  /** @param isHere whether the bytes of a multihash have come: enough for leaves */
  constructor(
    private readonly isHere: (cid: CID) => boolean,
    private readonly most = MOST,
  ) {}

  /** @throws CarInvalid for a DAG with more nodes than can be followed */
  came(cid: CID, bytes: Uint8Array): void {
    this.awaited.delete(keyOf(CID.createV1(RAW, cid.multihash)));
    if (cid.code === RAW) return;
    const key = keyOf(cid);
    if (this.nodes.has(key)) return;
    this.awaited.delete(key);
    this.nodes.add(key);
    for (const link of linksOf(cid, bytes)) this.follow(link);
    if (this.nodes.size > this.most || this.awaited.size > this.most)
      throw new CarInvalid(
        `a DAG with more than ${this.most} nodes, or so many links that lead ahead, has to come in several CARs`,
      );
  }

  /** @throws RootMissing, DagIncomplete */
  assertComplete(roots: readonly CID[]): void {
    for (const root of roots) {
      if (isIdentity(root)) for (const link of linksOf(root, root.multihash.digest)) this.follow(link);
      else if (!this.has(root)) throw new RootMissing(`the root block ${root.toString()} did not come with the DAG`);
    }
    const [first] = this.awaited;
    if (first === undefined) return;
    const cid = CID.decode(Buffer.from(first, 'latin1')).toString();
    throw new DagIncomplete(`${this.awaited.size} linked blocks did not come, the first of them ${cid}`, {
      details: { missing: this.awaited.size, cid },
    });
  }

  private follow(link: CID): void {
    if (!this.has(link)) this.awaited.add(keyOf(link));
  }

  private has(cid: CID): boolean {
    return cid.code === RAW ? this.isHere(cid) : this.nodes.has(keyOf(cid));
  }
}

function keyOf(cid: CID): string {
  const v1 = cid.version === 1 ? cid : CID.createV1(cid.code, cid.multihash);
  return Buffer.from(v1.bytes).toString('latin1');
}
