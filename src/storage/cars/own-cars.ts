import type { CID } from 'multiformats/cid';
import { HEADER_BYTES } from '../../ipld/index.js';
import { type CarKind } from '../domain/car.js';
import { type NewRun, type WrittenCar } from '../ports/dag-references.port.js';
import type { CarId } from '../../shared/index.js';
import { CarWriter, type Block } from './car-writer.js';
import { newCarId } from './new-car-id.js';
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
export class OwnCars {
  private current: Part | null = null;
  private readonly finished: FinishedPart[] = [];
  private readonly opened: CarId[] = [];

  constructor(
    private readonly node: NodeFiles,
    private readonly kind: CarKind,
  ) {}

  get ids(): readonly CarId[] {
    return this.opened;
  }

  async append(block: Block): Promise<void> {
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

  /** @param whole the root that the header names when everything fits into one CAR; null asks for a node that links `roots`. */
  async finish(whole: CID | null, roots: readonly CID[]): Promise<FinishedPart[]> {
    const part = this.current;
    if (part) await this.finishPart(part, this.finished.length === 0 ? { whole, roots } : null);
    return this.finished;
  }

  written(seal: Omit<NonNullable<WrittenCar['seal']>, 'root'>): WrittenCar[] {
    return this.finished.map(({ id, bytes, root }) => ({ id, bytes, seal: { root, ...seal } }));
  }

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
