import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import {
  BlockUndecodable,
  CodecUnknown,
  followLinks,
  isIdentity,
  nodeKey,
  RAW,
  readLinks,
  sectionPrefix,
} from '../../ipld/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { inSlices, messageOf, parseCid, pauseIfDue } from '../../shared/index.js';
import { BlockIndex, type BlockPlace } from '../blocks/block-index.js';
import { VerifiedBlocks } from '../blocks/verified-blocks.js';
import { countedBytes } from '../domain/counted-bytes.js';
import { coverage, type Stretch } from '../domain/run-coverage.js';
import type { DagRun } from '../ports/dag-store.port.js';
import { PostgresDagStore, type DueTrim, type OwnPart } from '../store/postgres-dag.store.js';
import { RemoveDags } from './remove-dags.js';

/** DAGs with more blocks stay as they are: some 100 MB while one is followed. */
const MOST_BLOCKS = 500_000;
/** A DAG has no more runs: the smallest gaps between its stretches stay in it. */
const MOST_RUNS = 64;
const BATCH = 20;
/** A look ends after so many: strangers say how much there is to be followed, and there is other work. */
const BLOCKS_PER_LOOK = 100_000;
/** What is damaged, or changes while it is read, is looked at again. */
const AGAIN_SECONDS = 300;

/** What a DAG is made of, as it was found: each of its blocks read and hashed. */
interface Found {
  blocks: number;
  bytes: number;
  carBytes: number;
  /** By copy and CAR. */
  sections: Map<number, Map<string, Stretch[]>>;
}

/**
 * DAGs that come in one CAR have their runs in common, over all that came. When one of them is gone, the others get
 * runs over their own blocks: what was its alone is dead, and each counts in its owners' quotas for what it holds.
 * Leaves a DAG as it is unless every block of it was found, whole, in its runs.
 */
@Injectable()
export class TrimRuns {
  constructor(
    private readonly dags: PostgresDagStore,
    private readonly index: BlockIndex,
    private readonly blocks: VerifiedBlocks,
    private readonly removeDags: RemoveDags,
    private readonly logger: AppLogger,
  ) {}

  /** What is due, oldest first, and as much as one look takes. Answers how many DAGs were trimmed. @throws the signal's reason */
  async run(signal: AbortSignal = new AbortController().signal): Promise<number> {
    let trimmed = 0;
    const budget = { blocks: BLOCKS_PER_LOOK };
    for (;;) {
      const due = await this.dags.dueTrims(BATCH);
      if (due.length === 0) return trimmed;
      for (const one of due) {
        signal.throwIfAborted();
        if (budget.blocks <= 0) return trimmed;
        const outcome = await this.trim(one, budget, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          this.logger.warn({ root: one.root, error: messageOf(error), err: error }, 'a DAG keeps the runs of its CAR');
          return 'again' as const;
        });
        if (outcome === 'trimmed') trimmed += 1;
        await this.dags.endTrims(one.trims, outcome === 'again' ? AGAIN_SECONDS : null);
      }
    }
  }

  private async trim(
    { dagId, root, size }: DueTrim,
    budget: { blocks: number },
    signal: AbortSignal,
  ): Promise<'trimmed' | 'left' | 'again'> {
    const seen = await this.dags.runs(dagId);
    const cid = parseCid(root);
    const found = cid && seen.length > 0 ? await this.follow(cid, seen, budget, signal) : null;
    if (found === 'again') return 'again';
    if (found === null) {
      await this.dags.leaveUntrimmed(dagId, seen);
      return 'left';
    }
    const reclaimable = await this.dags.trim(dagId, seen, ownPart(found, size, seen));
    if (reclaimable === null) return 'again';
    await this.removeDags.reclaim(reclaimable);
    return 'trimmed';
  }

  /** Null: too large, or not to be followed. 'again': a block of it cannot be read in its runs now. */
  private async follow(
    root: CID,
    runs: readonly DagRun[],
    budget: { blocks: number },
    signal: AbortSignal,
  ): Promise<Found | 'again' | null> {
    const copies = [...new Set(runs.map(({ copy }) => copy))];
    const found: Found = {
      blocks: 0,
      bytes: 0,
      carBytes: 0,
      sections: new Map(copies.map((copy) => [copy, new Map<string, Stretch[]>()])),
    };
    const open: CID[] = [root];
    const nodes = new Set<string>();
    const held = new Set<string>();
    for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
      await pauseIfDue();
      signal.throwIfAborted();
      const key = nodeKey(cid);
      if (nodes.has(key)) continue;
      nodes.add(key);
      budget.blocks -= 1;
      if (nodes.size > MOST_BLOCKS) return null;
      const bytes = isIdentity(cid) ? cid.multihash.digest : await this.hold(cid, runs, found, held);
      if (bytes === null) return 'again';
      if (cid.code === RAW) continue;
      try {
        for (const link of followLinks(await inSlices(readLinks(cid, bytes, 'strict'), signal), 'strict')) {
          await pauseIfDue();
          if (link) open.push(link);
        }
      } catch (error) {
        if (error instanceof CodecUnknown || error instanceof BlockUndecodable) return null;
        throw error;
      }
      if (open.length > 2 * MOST_BLOCKS) return null;
    }
    return found;
  }

  /** The bytes of a block; where it lies in each copy is noted. Null where a copy does not have it whole. */
  private async hold(cid: CID, runs: readonly DagRun[], found: Found, held: Set<string>): Promise<Uint8Array | null> {
    const places = this.index.findAll(cid);
    let bytes: Uint8Array | null = null;
    const sections: [number, BlockPlace][] = [];
    for (const copy of found.sections.keys()) {
      const place = places.find((one) => runs.some((run) => run.copy === copy && isWithin(one, cid, run)));
      const reading = place && (await this.blocks.read(cid, place));
      if (!place || reading?.state !== 'whole') return null;
      bytes = reading.bytes;
      sections.push([copy, place]);
    }
    // Under another codec its bytes are here already.
    const key = nodeKey(CID.createV1(RAW, cid.multihash));
    if (bytes === null || held.has(key)) return bytes;
    held.add(key);
    found.blocks += 1;
    found.bytes += bytes.length;
    for (const [at, [copy, place]] of sections.entries()) {
      const stretch = sectionOf(place, cid);
      if (at === 0) found.carBytes += stretch.length;
      const byCar = found.sections.get(copy);
      const inCar = byCar?.get(place.carId);
      if (inCar) inCar.push(stretch);
      else byCar?.set(place.carId, [stretch]);
    }
    return bytes;
  }
}

function sectionOf({ offset, length, cidLength }: BlockPlace, cid: CID): Stretch {
  const prefix = sectionPrefix(cid, length).length - cid.bytes.length + cidLength;
  return { offset: offset - prefix, length: prefix + length };
}

function isWithin(place: BlockPlace, cid: CID, run: DagRun): boolean {
  const { offset, length } = sectionOf(place, cid);
  return place.carId === run.carId && offset >= run.offset && offset + length <= run.offset + run.length;
}

/** Runs in the order in which they were: by copy, then by the CARs of the copy, then by offset. */
function ownPart({ sections, blocks, bytes, carBytes }: Found, size: number, seen: readonly DagRun[]): OwnPart {
  const runs: DagRun[] = [];
  for (const [copy, byCar] of sections) {
    const cars = [...new Set(seen.filter((run) => run.copy === copy).map((run) => run.carId))];
    const most = Math.max(1, Math.floor(MOST_RUNS / cars.length));
    const stretches = cars.flatMap((carId) =>
      joined(coverage(byCar.get(carId) ?? []), most).map((stretch) => ({ carId, ...stretch })),
    );
    for (const [seq, stretch] of stretches.entries()) runs.push({ copy, seq, ...stretch });
  }
  return { runs, blocks, carBytes, storedBytes: countedBytes(size, bytes) };
}

/** No more than `most` stretches: over the smallest gaps they are joined. */
function joined(stretches: readonly Stretch[], most: number): Stretch[] {
  if (stretches.length <= most) return [...stretches];
  const gaps = stretches.slice(1).map((next, at) => {
    const before = stretches[at] as Stretch;
    return { at, bytes: next.offset - before.offset - before.length };
  });
  const kept = new Set(
    gaps
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, most - 1)
      .map(({ at }) => at),
  );
  const result: Stretch[] = [];
  for (const [at, { offset, length }] of stretches.entries()) {
    const last = result.at(-1);
    if (last && !kept.has(at - 1)) last.length = offset + length - last.offset;
    else result.push({ offset, length });
  }
  return result;
}
