import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { messageOf, type CarId } from '../../shared/index.js';
import { BlockIndex, type BlockPlace } from '../blocks/block-index.js';
import { VerifiedBlocks } from '../blocks/verified-blocks.js';
import type { Stretch } from '../domain/run-coverage.js';
import { LocalCarFolder } from '../places/local-car-folder.js';
import { PostgresCopyStore, type Damage } from '../store/postgres-copy.store.js';

/** Where a whole file is concerned: to the end, wherever that is. */
const TO_THE_END = Number.MAX_SAFE_INTEGER;

/**
 * What follows when bytes are not what was stored: DAGs go cold (a retrieval brings them back from a miner), the scrub
 * takes the CAR next, and people are told: log, metric, event `dag.damaged`, the timeline of each content.
 */
@Injectable()
export class CarDamage {
  private readonly reported = new Set<CarId>();

  constructor(
    private readonly index: BlockIndex,
    private readonly blocks: VerifiedBlocks,
    private readonly folder: LocalCarFolder,
    private readonly copies: PostgresCopyStore,
    private readonly metrics: Metrics,
    private readonly logger: AppLogger,
  ) {}

  /**
   * A block could be read at none of these places, although the index names them. When it resolves, the rows say so:
   * the DAGs that the places belong to are not hot. A place that belongs to none was stale, and leaves the index.
   */
  async examine(cid: CID, places: readonly BlockPlace[]): Promise<void> {
    for (const place of places) {
      const { carId, offset, length, cidLength } = place;
      if (!(await this.checkFile(carId, offset + length))) {
        await this.index.remove([{ key: cid.multihash.bytes, place }]);
        continue;
      }
      const stretches = [{ offset: offset - cidLength, length: cidLength + length }];
      const cause = 'a block in its CAR on this node is damaged';
      const roots = await this.mark({ carId, stretches, isGone: false, cause }, async () => {
        return (await this.blocks.read(cid, place)).state !== 'whole';
      });
      if (roots !== null) await this.index.remove([{ key: cid.multihash.bytes, place }]);
    }
  }

  /** Something is wrong with a CAR whose blocks can be had all the same: the scrub takes it next. Never throws. */
  report({ carId }: Pick<BlockPlace, 'carId'>): void {
    if (this.reported.has(carId)) return;
    this.reported.add(carId);
    this.copies.lookNext(carId).then(
      () => setTimeout(() => this.reported.delete(carId), 60_000).unref(),
      (error: unknown) => {
        this.reported.delete(carId);
        this.logger.warn({ carId, error: messageOf(error) }, 'damage is not noted yet');
      },
    );
  }

  /**
   * Every CAR that the rows know here has its file, at its length: what is missing or short makes the DAGs cold whose
   * bytes it held. Answers how many were not as they should be. For the start, before anything is read or cut.
   * @param putsBack this process is the one that puts CARs back: what its last run left half-way is settled
   */
  async checkFiles(putsBack: boolean): Promise<number> {
    if (putsBack) {
      const isWhole = async (id: CarId, bytes: number) => (await this.folder.sizeOf(id)) === bytes;
      await this.copies.settleUnfinished(isWhole);
    }
    let damaged = 0;
    for await (const { carId, bytes } of this.copies.expected()) {
      if (!(await this.checkFile(carId, bytes))) damaged += 1;
    }
    return damaged;
  }

  /** These stretches of a CAR cannot be read, whatever is tried. Answers the roots of DAGs that went cold by it. */
  async lose(carId: CarId, stretches: readonly Stretch[]): Promise<string[]> {
    const cause = 'its CAR on this node is damaged';
    return (await this.mark({ carId, stretches, isGone: false, cause }, () => Promise.resolve(true))) ?? [];
  }

  /**
   * A file that is missing or short makes the DAGs cold whose bytes it held. Looks at its length alone; true: it is
   * there, as long as it should be.
   * @param bytes what it should have at least
   */
  async checkFile(carId: CarId, bytes: number): Promise<boolean> {
    const size = await this.folder.sizeOf(carId);
    if (size !== null && size >= bytes) return true;
    const cause =
      size === null ? 'its CAR is missing on this node' : `its CAR on this node ends after ${size} of ${bytes} bytes`;
    const roots = await this.mark(
      { carId, stretches: [{ offset: size ?? 0, length: TO_THE_END - (size ?? 0) }], isGone: size === null, cause },
      async () => {
        const now = await this.folder.sizeOf(carId);
        if (now !== null && now >= bytes) return false;
        // What is left of it may be cut back, or given up with the last run in it.
        if (now !== null) await this.folder.keepAside(carId);
        return true;
      },
    );
    return roots === null;
  }

  private async mark(damage: Damage, isStill: () => Promise<boolean>): Promise<string[] | null> {
    const roots = await this.copies.markDamaged(damage, isStill);
    if (!roots || roots.length === 0) return roots;
    const { carId, stretches, cause, isGone } = damage;
    this.metrics.count('tidewater_storage_damage_total', 'Damage found in CARs of this node that made DAGs cold', {
      kind: isGone ? 'missing' : 'damaged',
    });
    this.logger.error(
      { carId, stretches: stretches.slice(0, 10), roots: roots.slice(0, 10), dags: roots.length },
      cause,
    );
    return roots;
  }
}
