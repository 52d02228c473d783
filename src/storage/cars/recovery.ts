import { HEADER_BYTES, carHeader, PLACEHOLDER_ROOT } from '../../ipld/index.js';
import { type CarReclaimer } from '../cars/car-reclaimer.js';
import type { AppLogger } from '../../platform/logging/index.js';
import { uncovered } from '../domain/run-coverage.js';
import { CarWriter } from './car-writer.js';
import type { RecoveredCar } from '../store/postgres-car.store.js';
import type { NodeFiles } from './node-files.js';
import { scanEntries } from './section-scan.js';
import type { OpenSegment } from './segment-committer.js';

/**
 * What the last run of this process left open. Segments are cut back to the last run that Postgres knows: whatever was
 * acknowledged lies before it; what no run covers before it (refused, deleted, come twice) cannot be read any more. All
 * else (large uploads on their way in, half-written compactions) never became anything.
 *
 * Whoever calls this has the data folder and the name of its node to itself (runProcess). The epoch of the CARs is
 * raised before their runs are read, so that a commit which the last run had on its way counts, or fails.
 */
export async function recoverCars(node: NodeFiles, reclaimer: CarReclaimer, logger: AppLogger): Promise<OpenSegment[]> {
  const segments: OpenSegment[] = [];
  for (const car of await node.cars.takeOver(node.owner)) {
    const runs = await node.cars.liveRuns(car.id);
    if (runs.length === 0) {
      await node.cars.discard([car.id]);
      await reclaimer.endLeftover(car);
      continue;
    }
    const end = Math.max(...runs.map((run) => run.offset + run.length));
    const segment = await cutBack(car, end, { node, reclaimer, logger });
    if (!segment) continue;
    await reclaimer.hide(car.id, uncovered([{ offset: HEADER_BYTES, length: end - HEADER_BYTES }], runs));
    segments.push(segment);
  }
  return segments;
}

async function cutBack(
  car: RecoveredCar,
  end: number,
  { node, reclaimer, logger }: { node: NodeFiles; reclaimer: CarReclaimer; logger: AppLogger },
): Promise<OpenSegment | null> {
  const { folder, index, cars } = node;
  const size = await folder.sizeOf(car.id);
  if (size === null || size < end) {
    // Cannot happen unless somebody took the file away or the disk lies: it is left as it is, for people to look at.
    logger.fatal({ carId: car.id, expected: end, size }, 'a CAR is shorter than what was acknowledged');
    return null;
  }
  const handle = await folder.openForWriting(car.id);
  await reclaimer.setTailAside(car, handle, end);
  for await (const entries of scanEntries(handle, car.id, end, size)) await index.remove(entries);
  await handle.truncate(end);
  // A sealing that was cut short may have named a root already.
  await handle.write(carHeader(PLACEHOLDER_ROOT), 0, HEADER_BYTES, 0);
  await handle.datasync();
  await cars.cut(car.id, end);
  if (size > end) logger.info({ carId: car.id, cut: size - end }, 'cut back to what was acknowledged');
  return { writer: new CarWriter(car.id, handle, index, end, car.epoch), end, openedAt: car.createdAt.getTime() };
}
