import { Injectable } from '@nestjs/common';
import { HEADER_BYTES, hashMatches, headerRoot } from '../../ipld/index.js';
import type { CarOwner, LiveRun } from '../domain/car.js';
import { CarDamage } from '../scrub/car-damage.js';
import { CarInspection } from '../scrub/car-inspection.js';
import { PostgresCarStore, type SealedCar } from '../store/postgres-car.store.js';
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

/** Bytes that were written do not read back: to be set right before the next try. */
class SegmentDamaged extends Error {}

/**
 * Ends a segment: root node, header, fsync, a look at every byte, then the rows. Whatever a crash leaves of this lies
 * behind the last run that Postgres knows, or in a CAR that has no run: the next start cuts it away and seals again.
 *
 * A piece is for years and six miners, so nothing goes into one that was not read back and hashed: a damaged block makes
 * its DAG cold and stays behind.
 */
@Injectable()
export class SegmentSealer {
  constructor(
    private readonly folder: LocalCarFolder,
    private readonly index: BlockIndex,
    private readonly cars: PostgresCarStore,
    private readonly reclaimer: CarReclaimer,
    private readonly inspection: CarInspection,
    private readonly damage: CarDamage,
  ) {}

  /**
   * @param end where the last batch ended. Nothing is appended by others any more. Closes the writer when it succeeds.
   */
  async seal(writer: CarWriter, end: number, owner: CarOwner): Promise<void> {
    const runs = await this.cars.liveRuns(writer.carId);
    try {
      if (runs.length === 0) await this.drop(writer);
      else if (isWhole(runs, end)) await this.sealInPlace(writer, end, runs);
      else await this.compact(writer, runs, owner);
    } catch (error) {
      // What could be mended is; the rest has lost its runs: the next try has to do with what is left.
      if (error instanceof SegmentDamaged) await this.setRight(writer.carId, coverage(runs));
      throw error;
    }
  }

  private async setRight(id: CarId, live: readonly Stretch[]): Promise<void> {
    const { lost } = await this.inspection.run(id, live);
    if (lost.length === 0) return;
    await this.folder.keepAside(id);
    await this.damage.lose(id, lost);
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
    const sealed = await this.readBack(writer, root);
    const outcome = await this.cars.seal(writer.carId, sealed);
    // Its last run was deleted while it was being sealed: nobody wants it, and it is no piece.
    if (outcome === 'unused') return this.drop(writer);
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
      const sealed = await this.readBack(writer, root);
      replaced = await this.cars.replace(old.carId, { id, ...sealed }, (run) =>
        movedOffset(live, run.offset, HEADER_BYTES),
      );
    } finally {
      await writer.close();
      if (!replaced) await this.reclaimer.abandon([id]);
    }
    await old.close();
    await this.reclaimer.remove(old.carId);
  }

  /** Section by section, each hashed. @throws SegmentDamaged */
  private async copy(from: CarId, stretches: readonly Stretch[], to: CarWriter): Promise<void> {
    const handle = await this.folder.openForWriting(from);
    try {
      for (const { offset, length } of stretches) {
        let copied = offset;
        for await (const section of scanSections(handle, offset, offset + length)) {
          const { buffer } = await handle.read(Buffer.allocUnsafe(section.length), 0, section.length, section.offset);
          if (!hashMatches(section.cid, buffer)) break;
          await to.append({ cid: section.cid, parts: [buffer], length: section.length });
          copied = section.offset + section.length;
        }
        if (copied !== offset + length)
          throw new SegmentDamaged(`the CAR ${from} is damaged at ${copied}: it is not compacted`);
      }
    } finally {
      await handle.close();
    }
  }

  /** What is in the file now, all of it. @throws SegmentDamaged when that is not what was written */
  private async readBack(writer: CarWriter, root: CID): Promise<SealedCar> {
    const { carId, length } = writer;
    const { lost, checksum } = await this.inspection.run(carId, [
      { offset: HEADER_BYTES, length: length - HEADER_BYTES },
    ]);
    if (lost.length > 0) throw new SegmentDamaged(`the CAR ${carId} does not read back as it was written`);
    return { root: root.toString(), bytes: length, checksum };
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
