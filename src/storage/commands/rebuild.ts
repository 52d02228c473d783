import { rootFacts } from '../../ipld/index.js';
import { canonicalCid, type CarId } from '../../shared/index.js';
import { newCarId } from '../domain/car.js';
import { countedShares } from '../domain/counted-bytes.js';
import { coveredBytes } from '../domain/run-coverage.js';
import type { PlatformCheck } from '../cars/platform-check.js';
import type { FolderIdentity } from '../places/folder-identity.js';
import type { LocalCarFolder } from '../places/local-car-folder.js';
import type { LostAndFound } from '../places/lost-and-found.js';
import type { PostgresPlatformStore } from '../store/postgres-platform.store.js';
import type { PostgresRebuildStore, RebuiltCar, RebuiltDag } from '../store/postgres-rebuild.store.js';
import { BackupUnusable } from '../domain/storage.errors.js';
import { assemble, isPart, rootsIn } from './found-dags.js';
import { readFoundBlock, readFoundCar, type FoundCar } from './read-car.js';

export interface RebuildTools {
  check: PlatformCheck;
  identity: FolderIdentity;
  folder: LocalCarFolder;
  platform: PostgresPlatformStore;
  rows: PostgresRebuildStore;
  lostAndFound: LostAndFound;
  /** The block index is not to be trusted by the next start. */
  forgetIndex: () => Promise<void>;
}

/** What `storage:rebuild` made, and what it could not make. */
export interface Rebuilt {
  platformId: string;
  /** CARs that have rows again. */
  cars: number;
  bytes: number;
  /** Roots of the DAGs that can be read again, CIDv1 text, with their payload bytes. */
  dags: { root: string; size: number }[];
  /** Roots that are named and whose blocks are not all there. */
  incomplete: { root: string; missing: number }[];
  /** CARs with blocks in them that are not what their CIDs say, and how many. */
  damaged: { carId: CarId; blocks: number }[];
}

/**
 * Rows of CARs, DAGs and runs again, out of the CAR files that the database does not know, `lostAndFound`: those in
 * lost+found as well. Every block is hashed. Each CAR (all parts of larger DAGs together) is one transaction, so this
 * may be repeated and goes on where it was cut off. A database that knows no CAR takes the platform id of the folder.
 * Who owned what, pins and deals are in no CAR: they do not come back. While nothing runs.
 */
export async function rebuild(tools: RebuildTools, options: { lostAndFound: boolean }): Promise<Rebuilt> {
  const { check, identity, platform, folder, forgetIndex } = tools;
  const marks = await identity.read();
  if (marks.restoring !== null)
    throw new BackupUnusable('a restore into this folder has not finished: run it again first');
  const { knowsCars } = await platform.identity();
  if (options.lostAndFound) await returnAll(tools);

  const report: Rebuilt = { platformId: '', cars: 0, bytes: 0, dags: [], incomplete: [], damaged: [] };
  const parts: FoundCar[] = [];
  for (const id of (await check.unknownCars()).sort()) {
    const car = await readFoundCar(folder, id);
    if (car.damaged > 0) report.damaged.push({ carId: id, blocks: car.damaged });
    if (isPart(car)) parts.push(car);
    else await keep([car], tools, report);
  }
  if (parts.length > 0) await keep(parts, tools, report);

  if (!knowsCars && marks.folder !== null) await platform.takeIdentity(marks.folder);
  const { id } = await platform.identity();
  await identity.write(id, await platform.nextGeneration(marks.generation ?? 0n));
  if ((await check.missingCars()).length > 0) await identity.acceptMissing(true);
  // The next start makes it again, from rows and files.
  await forgetIndex();
  return { ...report, platformId: id };
}

async function keep(cars: readonly FoundCar[], { folder, rows }: RebuildTools, report: Rebuilt): Promise<void> {
  const dags: RebuiltDag[] = [];
  for (const root of rootsIn(cars)) {
    const dag = assemble(root, cars);
    if ('missing' in dag) report.incomplete.push({ root: canonicalCid(root), missing: dag.missing });
    else {
      const { payloadBytes, carBytes, blocks, runs } = dag;
      const claimed = rootFacts(dag.root, await readFoundBlock(folder, dag.rootBlock)).size;
      const [storedBytes = payloadBytes] = countedShares([claimed], payloadBytes);
      dags.push({ root: canonicalCid(root), size: claimed ?? payloadBytes, storedBytes, carBytes, blocks, runs });
    }
  }
  await rows.keep(
    cars.map((car) => rebuiltCar(car, dags)),
    dags,
  );
  report.cars += cars.length;
  report.bytes += cars.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
  for (const { root, size } of dags) report.dags.push({ root, size });
}

/** A finished CAR is sealed again; one that was not is an open segment, which the next start goes on with. */
function rebuiltCar(car: FoundCar, dags: readonly RebuiltDag[]): RebuiltCar {
  const isWhole = car.root !== null && car.end === car.fileBytes;
  const live = coveredBytes(dags.flatMap(({ runs }) => runs.filter(({ carId }) => carId === car.id)));
  return {
    id: car.id,
    kind: isWhole && car.members === null ? 'single' : isPart(car) ? 'single' : 'segment',
    root: isWhole && car.root ? car.root.toString() : null,
    bytes: isWhole ? car.fileBytes : car.end,
    deadBytes: Math.max(0, [...car.blocks.values()].flat().reduce((sum, b) => sum + b.sectionLength, 0) - live),
  };
}

/** Under the id that each had, or a new one where that is taken (the end of a file that was cut, a second of one id). */
async function returnAll({ lostAndFound, folder, platform }: RebuildTools): Promise<void> {
  for (const { id, file } of await lostAndFound.list()) {
    const isTaken = (await folder.sizeOf(id)) !== null || (await platform.known([id])).has(id);
    await lostAndFound.returnCar(file, isTaken ? newCarId() : id);
  }
}
