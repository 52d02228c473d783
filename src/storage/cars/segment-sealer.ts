import { Injectable } from '@nestjs/common';
import { HEADER_BYTES, headerRoot } from '../../ipld/index.js';
import type { CarOwner, LiveRun } from '../domain/car.js';
import { PostgresCarStore } from '../store/postgres-car.store.js';
import { CarReclaimer } from '../cars/car-reclaimer.js';
import { coverage, movedOffset, type Stretch } from '../domain/run-coverage.js';
import { parseCid, type CarId } from '../../shared/index.js';
import type { CID } from 'multiformats/cid';
import { BlockIndex } from '../blocks/block-index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { CarWriter } from './car-writer.js';
import { newCarId } from '../domain/car.js';
import { rootNodes } from './root-nodes.js';
import { scanSections } from './section-scan.js';

/**
 * Ends a segment: root node, header, fsync, then the rows. Whatever a crash leaves of this lies behind the last run
 * that Postgres knows, or in a CAR that has no run: the next start cuts it away and seals again.
 */
@Injectable()
export class SegmentSealer {
  constructor(
    private readonly folder: LocalCarFolder,
    private readonly index: BlockIndex,
    private readonly cars: PostgresCarStore,
    private readonly reclaimer: CarReclaimer,
  ) {}

  /**
   * @param end where the last batch ended. Nothing is appended by others any more. Closes the writer when it succeeds.
   */
  async seal(writer: CarWriter, end: number, owner: CarOwner): Promise<void> {
    const runs = await this.cars.liveRuns(writer.carId);
    if (runs.length === 0) await this.drop(writer);
    else if (isWhole(runs, end)) await this.sealInPlace(writer, end, runs);
    else await this.compact(writer, runs, owner);
  }

  private async drop(writer: CarWriter): Promise<void> {
    await writer.close();
    await this.cars.discard([writer.carId]);
    await this.reclaimer.remove(writer.carId);
  }

  private async sealInPlace(writer: CarWriter, end: number, runs: readonly LiveRun[]): Promise<void> {
    // A sealing that failed half-way left its root nodes there.
    if (writer.length > end) await writer.cutBack(end);
    const root = await appendRoot(writer, runs);
    await writer.finish(root);
    await this.cars.seal(writer.carId, { root: root.toString(), bytes: writer.length });
    await writer.close();
  }

  /** Writes what is alive to a new file, which takes the old one's place in one transaction. */
  private async compact(old: CarWriter, runs: readonly LiveRun[], owner: CarOwner): Promise<void> {
    const live = coverage(runs);
    const id = newCarId();
    await this.cars.open({ id, kind: 'segment', owner });
    const writer = new CarWriter(id, await this.folder.create(id), this.index, 0);
    let replaced = false;
    try {
      writer.writeHeader();
      await this.copy(old.carId, live, writer);
      const root = await appendRoot(writer, runs);
      await writer.finish(root);
      await this.folder.syncFolder(id);
      replaced = await this.cars.replace(old.carId, { id, root: root.toString(), bytes: writer.length }, (run) =>
        movedOffset(live, run.offset, HEADER_BYTES),
      );
    } finally {
      await writer.close();
      if (!replaced) await this.reclaimer.abandon([id]);
    }
    await old.close();
    await this.reclaimer.remove(old.carId);
  }

  private async copy(from: CarId, stretches: readonly Stretch[], to: CarWriter): Promise<void> {
    const handle = await this.folder.openForWriting(from);
    try {
      for (const { offset, length } of stretches) {
        for await (const section of scanSections(handle, offset, offset + length)) {
          const { buffer } = await handle.read(Buffer.allocUnsafe(section.length), 0, section.length, section.offset);
          await to.append({ cid: section.cid, parts: [buffer], length: section.length });
        }
      }
    } finally {
      await handle.close();
    }
  }
}

function isWhole(runs: readonly LiveRun[], end: number): boolean {
  const [only, more] = coverage(runs);
  return more === undefined && only?.offset === HEADER_BYTES && only.offset + only.length === end;
}

/** One DAG is its own root; several are linked by a node. Members in the order of their bytes, each once. */
async function appendRoot(writer: CarWriter, runs: readonly LiveRun[]): Promise<CID> {
  const roots = [...new Set(runs.map((run) => run.root))].map((text) => parseCid(text)).filter((cid) => cid !== null);
  const [only] = roots;
  const own = roots.length === 1 && only ? headerRoot(only) : null;
  if (own) return own;
  const nodes = rootNodes(roots);
  for (;;) {
    const step = await nodes.next();
    if (step.done) return step.value;
    await writer.append(step.value);
  }
}
