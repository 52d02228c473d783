import type { FileHandle } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { varint } from '../../ipld/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import type { CarId } from '../../shared/index.js';
import { BlockIndex } from '../blocks/block-index.js';
import { scanEntries } from '../cars/section-scan.js';
import { VerifiedBlocks } from '../blocks/verified-blocks.js';
import type { Stretch } from '../domain/run-coverage.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { PostgresCopyStore } from '../store/postgres-copy.store.js';
import { CarInspector, checksumOf, type Inspection } from './inspect-car.js';

const unhurried = (): Promise<void> => Promise.resolve();

/**
 * Reads stretches of a CAR of this node, block by block, and mends in place what another place on this node, or the
 * index, can mend.
 */
@Injectable()
export class CarInspection {
  constructor(
    private readonly folder: LocalCarFolder,
    private readonly blockIndex: BlockIndex,
    private readonly blocks: VerifiedBlocks,
    private readonly copies: PostgresCopyStore,
    private readonly metrics: Metrics,
    private readonly logger: AppLogger,
  ) {}

  /**
   * Stretches begin and end with a section. Answers what is lost, and the SHA-256 of the file up to the end of the last
   * stretch. What was mended is durable.
   */
  async run(carId: CarId, stretches: readonly Stretch[]): Promise<Inspection & { checksum: Buffer }> {
    const handle = await this.folder.openForWriting(carId);
    try {
      const inspection = await this.inspect(carId, handle, stretches, unhurried);
      const last = stretches.at(-1);
      const checksum = await checksumOf(handle, last ? last.offset + last.length : 0, unhurried);
      return { ...inspection, checksum };
    } finally {
      await handle.close();
    }
  }

  /** The same with a file that is open, held back by a throttle, and without the checksum. `root`: what its header has to name. */
  async inspect(
    carId: CarId,
    handle: FileHandle,
    stretches: readonly Stretch[],
    throttle: (bytes: number) => Promise<void>,
    root?: CID | null,
  ): Promise<Inspection> {
    const inspector = new CarInspector(handle, {
      known: (from, to) => this.known(carId, from, to),
      elsewhere: (cid) => this.elsewhere(cid, carId),
      throttle,
    });
    const result: Inspection = { mended: 0, lost: [] };
    for (const { offset, length } of stretches) {
      const { mended, lost } = await inspector.sections(offset, offset + length);
      result.mended += mended;
      result.lost.push(...lost);
    }
    if (root && (await inspector.header(root))) result.mended += 1;
    await this.settled(carId, handle, result.mended);
    return result;
  }

  /** For a file whose blocks are all right, and whose checksum is not. Answers how many codecs were changed. */
  async mendCodecs(
    carId: CarId,
    handle: FileHandle,
    { offset, length }: Stretch,
    throttle: (bytes: number) => Promise<void>,
  ): Promise<number> {
    const tools = { known: () => Promise.resolve([]), elsewhere: () => Promise.resolve(null), throttle };
    const changed = await new CarInspector(handle, tools).codecs(offset, offset + length);
    await this.settled(carId, handle, changed);
    return changed;
  }

  /** The blocks in these stretches can be found again. They were read and are right. */
  async index(carId: CarId, handle: FileHandle, stretches: readonly Stretch[]): Promise<void> {
    for (const { offset, length } of stretches)
      for await (const entries of scanEntries(handle, carId, offset, offset + length))
        await this.blockIndex.add(entries);
  }

  private async settled(carId: CarId, handle: FileHandle, mended: number): Promise<void> {
    if (mended > 0) {
      await handle.datasync();
      this.metrics.count('tidewater_storage_mended_total', 'Places in CARs of this node that were mended', {}, mended);
      this.logger.warn({ carId, mended }, 'damage in a CAR was mended in place');
      await this.copies.noteMended(carId, mended);
    }
  }

  private async known(carId: CarId, from: number, to: number) {
    const entries = await this.blockIndex.placesIn(carId, from, to);
    return entries.map(({ key, place: { offset, length, cidLength } }) => ({
      start: offset - cidLength - varint(cidLength + length).length,
      offset,
      length,
      cidLength,
      multihash: key,
    }));
  }

  private async elsewhere(cid: CID, not: CarId): Promise<Uint8Array | null> {
    for (const place of this.blockIndex.findAll(cid)) {
      if (place.carId === not) continue;
      const reading = await this.blocks.read(cid, place);
      if (reading.state === 'whole') return reading.bytes;
    }
    return null;
  }
}
