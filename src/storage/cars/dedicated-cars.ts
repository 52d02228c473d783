import type { CID } from 'multiformats/cid';
import { blockKey, HEADER_BYTES } from '../../ipld/index.js';
import type { CarId, Json } from '../../shared/index.js';
import type { BlockIndex } from '../blocks/block-index.js';
import type { CarKind } from '../domain/car.js';
import { carSealed } from '../domain/storage.events.js';
import type { NewRun, WrittenCar } from '../ports/dag-references.port.js';
import { CarWriter, type Block } from './car-writer.js';
import { newCarId } from '../domain/car.js';
import type { NodeFiles } from './node-files.js';
import { rootNodes, rootNodesReserve } from './root-nodes.js';
import { scanSections } from './section-scan.js';

interface Part {
  writer: CarWriter;
  blocks: number;
  cidBytes: number;
}

interface FinishedPart {
  id: CarId;
  root: string;
  bytes: number;
  run: NewRun;
}

/** The CARs that one large DAG has for itself: one, or as many as the piece limit makes of it. */
export class DedicatedCars {
  private current: Part | null = null;
  private readonly finished: FinishedPart[] = [];
  private readonly opened: CarId[] = [];
  private readonly seen: SeenBlocks;

  constructor(
    private readonly node: NodeFiles,
    private readonly kind: CarKind,
  ) {
    this.seen = new SeenBlocks(node.index, this.opened);
  }

  /** In the order in which they were opened, with the one that is being written. */
  get ids(): readonly CarId[] {
    return this.opened;
  }

  /** The block was appended to one of these CARs. Of very many, the older ones are looked up in the index. */
  has(cid: CID): boolean {
    return this.seen.has(cid);
  }

  /** Resolves when there is room for more. */
  async append(block: Block): Promise<void> {
    this.seen.add(block.cid);
    const sectionBytes = block.length + block.cid.bytes.length + 9;
    if (this.current && this.current.blocks > 0 && this.wouldPass(this.current, block, sectionBytes))
      await this.finishPart(this.current, null);
    const part = (this.current ??= await this.open());
    part.blocks += 1;
    part.cidBytes += block.cid.bytes.length;
    await part.writer.append(block);
  }

  /** All is in the files, readable. */
  async flush(): Promise<void> {
    await this.current?.writer.flush();
  }

  /**
   * @param whole the root that the header names when everything fits into one CAR; null asks for a node that links
   * `roots`.
   */
  async finish(whole: CID | null, roots: readonly CID[]): Promise<FinishedPart[]> {
    const part = this.current;
    if (part) await this.finishPart(part, this.finished.length === 0 ? { whole, roots } : null);
    return this.finished;
  }

  /** The finished CARs as they end in the transaction: with what was asked for, and with their announcement. */
  written(asked: Pick<NonNullable<WrittenCar['seal']>, 'terms' | 'userId'>): WrittenCar[] {
    return this.finished.map(({ id, bytes, root }) => {
      const announcement: Json = carSealed.payload.parse({
        carId: id,
        root,
        carBytes: bytes,
        kind: 'single',
        ...asked,
      });
      return { id, bytes, epoch: 0, seal: { root, ...asked, announcement } };
    });
  }

  /** Gives up the part that is open; its file is the caller's to remove. Never fails. */
  async close(): Promise<void> {
    const part = this.current;
    this.current = null;
    await part?.writer.close().catch(() => undefined);
  }

  private wouldPass(part: Part, block: Block, sectionBytes: number): boolean {
    const reserve = rootNodesReserve(part.blocks + 1, part.cidBytes + block.cid.bytes.length);
    return part.writer.length + sectionBytes + reserve > this.node.limits.carBytes;
  }

  private async open(): Promise<Part> {
    const { folder, index, cars, owner } = this.node;
    const id = newCarId();
    await cars.open({ id, kind: this.kind, owner });
    this.opened.push(id);
    const writer = new CarWriter(id, await folder.create(id), index, 0);
    writer.writeHeader();
    return { writer, blocks: 0, cidBytes: 0 };
  }

  private async finishPart(part: Part, end: { whole: CID | null; roots: readonly CID[] } | null): Promise<void> {
    const { writer } = part;
    await writer.flush();
    const contentEnd = writer.length;
    const root = end?.whole ?? (await this.appendRoot(writer, end ? end.roots : this.cidsOf(writer.carId, contentEnd)));
    await writer.finish(root);
    await this.node.folder.syncFolder(writer.carId);
    this.current = null;
    const run = {
      carId: writer.carId,
      seq: this.finished.length,
      offset: HEADER_BYTES,
      length: contentEnd - HEADER_BYTES,
    };
    this.finished.push({ id: writer.carId, root: root.toString(), bytes: writer.length, run });
    await writer.close();
  }

  private async appendRoot(writer: CarWriter, links: AsyncIterable<CID> | Iterable<CID>): Promise<CID> {
    const nodes = rootNodes(links);
    for (;;) {
      const step = await nodes.next();
      if (step.done) return step.value;
      await writer.append(step.value);
    }
  }

  /** A part of a DAG links each of its blocks: no subtree of it can be counted on to be whole. */
  private async *cidsOf(id: CarId, end: number): AsyncGenerator<CID> {
    const handle = await this.node.folder.openForWriting(id);
    try {
      for await (const { cid } of scanSections(handle, HEADER_BYTES, end)) yield cid;
    } finally {
      await handle.close();
    }
  }
}

/** So many multihashes are remembered in memory (some 50 MB); beyond, the index is asked. */
const REMEMBERED = 400_000;

/** Which blocks have been taken. */
class SeenBlocks {
  private keys = new Set<string>();
  /** The generation before: the newest blocks, which are in no file yet, are never forgotten. */
  private older: Set<string> | undefined;

  constructor(
    private readonly index: BlockIndex,
    private readonly cars: readonly CarId[],
  ) {}

  has(cid: CID): boolean {
    const key = blockKey(cid);
    if (this.keys.has(key) || this.older?.has(key)) return true;
    return this.older !== undefined && this.index.findAll(cid).some((place) => this.cars.includes(place.carId));
  }

  add(cid: CID): void {
    if (this.keys.size >= REMEMBERED / 2) {
      this.older = this.keys;
      this.keys = new Set();
    }
    this.keys.add(blockKey(cid));
  }
}
