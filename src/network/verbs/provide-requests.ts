import { Injectable } from '@nestjs/common';
import { isIdentity } from '../../ipld/index.js';
import { HotRoots } from '../../storage/index.js';
import { canonicalCid, parseCid } from '../../shared/index.js';
import { ProviderRecordStore } from '../ports/provider-record-store.port.js';

/** Enters roots to be provided: those that are hot now, whatever is said of them. CIDs in any version. */
@Injectable()
export class StartProviding {
  constructor(
    private readonly hot: HotRoots,
    private readonly records: ProviderRecordStore,
  ) {}

  /** Says how many had no record, or were on their way out. Harmless twice. */
  async run(cids: readonly string[]): Promise<number> {
    const hot = await this.hot.among(rootsIn(cids));
    return this.records.provide([...hot.keys()]);
  }
}

/**
 * Marks roots that are not to be provided any more: those whose bytes are not here. What others still refer to stays.
 */
@Injectable()
export class StopProviding {
  constructor(
    private readonly hot: HotRoots,
    private readonly records: ProviderRecordStore,
  ) {}

  /** Says how many were marked. Harmless twice. */
  async run(cids: readonly string[]): Promise<number> {
    const roots = rootsIn(cids);
    const hot = await this.hot.among(roots);
    return this.records.stopProviding(roots.filter((root) => !hot.has(root)));
  }
}

/** Both lists are CIDv1 text. */
export interface ReprovideRequested {
  /** Roots that are provided and announced anew within seconds. */
  asked: string[];
  /** What this node has not, or not any more. */
  notHot: string[];
}

/** Somebody does not want to wait: provide and announce these now, and what failed before is forgotten. */
@Injectable()
export class ReprovideNow {
  constructor(
    private readonly hot: HotRoots,
    private readonly records: ProviderRecordStore,
  ) {}

  /** Returns before the work is done: the reprovider finds it within a second. */
  async run(cids: readonly string[]): Promise<ReprovideRequested> {
    const roots = rootsIn(cids);
    const hot = await this.hot.among(roots);
    const asked = roots.filter((root) => hot.has(root));
    await this.records.provide(asked);
    await this.records.reprovide(asked);
    return { asked, notHot: roots.filter((root) => !hot.has(root)) };
  }

  /** Those whose turn would come next. */
  async next(limit: number): Promise<ReprovideRequested> {
    return { asked: await this.records.reprovideNext(limit), notHot: [] };
  }
}

/** As CIDv1 text, each once. A root that lies in its own CID is with everybody already; what is no CID is left out. */
function rootsIn(cids: readonly string[]): string[] {
  const roots = new Set<string>();
  for (const cid of cids.map(parseCid)) if (cid && !isIdentity(cid)) roots.add(canonicalCid(cid));
  return [...roots];
}
