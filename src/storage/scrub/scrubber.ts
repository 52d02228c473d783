import type { FileHandle } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { HEADER_BYTES } from '../../ipld/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { messageOf, parseCid, type CarId } from '../../shared/index.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { PostgresCopyStore, type DueCopy } from '../store/postgres-copy.store.js';
import { CarDamage } from './car-damage.js';
import { CarInspection } from './car-inspection.js';
import { ScrubPlan } from './scrub-plan.js';
import { checksumOf, type InspectionTools } from './inspect-car.js';

/** Taken at once from the rows. */
const BATCH = 50;

/**
 * Reads every sealed CAR of this node again, once in SCRUB_DAYS, at SCRUB_BYTES_PER_SECOND at most: against its
 * checksum, and where that is not known or not right, block by block. What is damaged is mended in place from another
 * copy on this node; where there is none, the DAG goes cold and a retrieval brings it back from a miner (`CarDamage`).
 */
@Injectable()
export class Scrubber {
  constructor(
    private readonly plan: ScrubPlan,
    private readonly copies: PostgresCopyStore,
    private readonly folder: LocalCarFolder,
    private readonly inspection: CarInspection,
    private readonly damage: CarDamage,
    private readonly logger: AppLogger,
  ) {}

  /** Reads all that is due. Answers how many copies were read. @throws the signal's reason */
  async run(signal: AbortSignal): Promise<number> {
    const tried = new Set<CarId>();
    for (;;) {
      const due = (await this.copies.due(this.plan.readBefore(), BATCH + tried.size)).filter(
        ({ carId }) => !tried.has(carId),
      );
      if (due.length === 0) return tried.size;
      for (const copy of due.slice(0, BATCH)) {
        signal.throwIfAborted();
        tried.add(copy.carId);
        await this.verify(copy, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          this.logger.warn({ carId: copy.carId, error: messageOf(error), err: error }, 'a CAR could not be scrubbed');
        });
      }
    }
  }

  /** One copy, from its first byte to its last. The rows say afterwards what it is. */
  async verify(copy: DueCopy, signal: AbortSignal): Promise<void> {
    const { carId, bytes } = copy;
    if (!(await this.damage.checkFile(carId, bytes))) return this.copies.leaveDamaged(carId);
    const version = await this.folder.versionOf(carId);
    const handle = await this.folder.openForWriting(carId);
    try {
      const throttle = this.plan.throttle(signal);
      const checksum = await checksumOf(handle, bytes, throttle);
      const isKnown = copy.checksum !== null && Buffer.compare(checksum, copy.checksum) === 0;
      if (isKnown && (await handle.stat()).size === bytes) return await this.confirm(copy, handle, checksum, version);
      await this.inspect(copy, handle, checksum, version, throttle);
    } finally {
      await handle.close();
    }
  }

  private async inspect(
    copy: DueCopy,
    handle: FileHandle,
    before: Buffer,
    version: string | null,
    throttle: InspectionTools['throttle'],
  ): Promise<void> {
    const { carId, bytes } = copy;
    const all = [{ offset: HEADER_BYTES, length: bytes - HEADER_BYTES }];
    const { mended, lost } = await this.inspection.inspect(carId, handle, all, throttle, parseCid(copy.root));
    // What is behind the sealed bytes is nobody's.
    if ((await handle.stat()).size > bytes) await handle.truncate(bytes);
    if (lost.length > 0) {
      await this.damage.lose(carId, lost);
      return this.copies.leaveDamaged(carId);
    }
    let checksum = mended > 0 ? await checksumOf(handle, bytes, throttle) : before;
    const isRight = () => copy.checksum === null || Buffer.compare(checksum, copy.checksum) === 0;
    let changed = mended;
    for (const stretch of isRight() ? [] : all)
      changed += await this.inspection.mendCodecs(carId, handle, stretch, throttle);
    if (changed > mended) checksum = await checksumOf(handle, bytes, throttle);
    if (isRight()) return this.confirm(copy, handle, checksum, changed > 0 ? null : version);
    this.logger.error({ carId }, 'a CAR is not what was sealed, though each of its blocks is: it waits to be put back');
    await this.copies.leaveDamaged(carId);
  }

  /** @param version of the file when the reading began; null: this reading wrote to it */
  private async confirm(
    { carId, state }: DueCopy,
    handle: FileHandle,
    checksum: Uint8Array,
    version: string | null,
  ): Promise<void> {
    // Put back or taken away while it was read: the next look is at what is there then.
    if (version !== null && (await this.folder.versionOf(carId)) !== version) return;
    if (state === 'verified') return this.copies.confirm(carId, checksum);
    const dags = await this.copies.confirmAgain(carId, checksum, (stretches) =>
      this.inspection.index(carId, handle, stretches),
    );
    this.logger.info({ carId, dags }, 'a CAR that was damaged is what was sealed again');
  }
}
