import type { FileHandle } from 'node:fs/promises';
import { DAG_CBOR, linksOf } from '../../ipld/index.js';
import { coverage } from '../domain/run-coverage.js';
import type { CarRecord } from '../domain/car.js';
import type { PostgresCarStore } from '../store/postgres-car.store.js';
import type { BlockIndex, IndexEntry } from './block-index.js';
import type { LocalCarFolder } from '../places/local-car-folder.js';
import { NODE_BYTES } from '../cars/root-nodes.js';
import { scanEntries, scanSections, type ScannedSection } from '../cars/section-scan.js';

/** Fills an empty index from the CAR files: the runs that somebody still wants, and the root nodes behind them. */
export async function rebuildIndex(folder: LocalCarFolder, index: BlockIndex, cars: PostgresCarStore): Promise<number> {
  let blocks = 0;
  for (const car of await cars.hotCars()) blocks += await indexCar(car, folder, index, cars);
  await index.markComplete();
  return blocks;
}

export async function indexCar(
  car: CarRecord,
  folder: LocalCarFolder,
  index: BlockIndex,
  cars: PostgresCarStore,
): Promise<number> {
  const size = await folder.sizeOf(car.id);
  if (size === null) return 0;
  const runs = coverage(await cars.liveRuns(car.id));
  const behind = (runs.at(-1)?.offset ?? size) + (runs.at(-1)?.length ?? 0);
  const handle = await folder.openForWriting(car.id);
  let blocks = 0;
  try {
    for (const { offset, length } of runs) {
      for await (const entries of scanEntries(handle, car.id, offset, offset + length)) {
        await index.add(entries);
        blocks += entries.length;
      }
    }
    const nodes = await rootNodesBehind(handle, car, behind, Math.min(size, car.bytes));
    await index.add(nodes);
    blocks += nodes.length;
  } finally {
    await handle.close();
  }
  return blocks;
}

/**
 * The root nodes of a sealed CAR. Behind the last run that somebody wants lie runs of the dead, too, whose blocks are
 * nobody's: only the root that the CAR's row names counts, and, where it has so many links that they need nodes of their
 * own, those (src/storage/cars/root-nodes.ts).
 */
async function rootNodesBehind(handle: FileHandle, car: CarRecord, from: number, to: number): Promise<IndexEntry[]> {
  const sections = new Map<string, ScannedSection>();
  for await (const section of scanSections(handle, from, to)) sections.set(section.cid.toString(), section);
  const root = sections.get(car.root ?? '');
  if (root === undefined) return [];
  const { buffer } = await handle.read(Buffer.allocUnsafe(root.length), 0, root.length, root.offset);
  const linked = linksOf(root.cid, buffer).map((cid) => sections.get(cid.toString()));
  const hasNodes = linked[0]?.cid.code === DAG_CBOR && linked[0].length >= 0.9 * NODE_BYTES;
  return [root, ...(hasNodes ? linked.filter((node) => node !== undefined) : [])].map(({ cid, offset, length }) => ({
    key: cid.multihash.bytes,
    place: { carId: car.id, offset, length, cidLength: cid.bytes.length },
  }));
}
