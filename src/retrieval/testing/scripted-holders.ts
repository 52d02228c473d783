import type { NodeFaults } from '../../deals/index.js';
import { minerId, type MinerId } from '../../shared/index.js';
import type { HeldPart, Holder } from '../domain/retrieval.js';
import type { HolderDirectory } from '../verbs/holder-directory.js';
import { FetchFailed } from '../domain/retrieval.errors.js';
import { type NodeRetrieval, NodeRetriever } from '../ports/node-retriever.port.js';

/** Who holds what, as the test says, in place of deals and miners. */
export class ScriptedHolders implements Pick<HolderDirectory, 'find' | 'httpUrlOf'> {
  readonly parts = new Map<string, HeldPart[]>();

  find(root: string): Promise<HeldPart[]> {
    return Promise.resolve(this.parts.get(root) ?? []);
  }

  httpUrlOf(miner: MinerId): Promise<string | null> {
    return Promise.resolve(`http://${miner}`);
  }

  /** These miners hold all of it, in one piece. */
  offer(root: string, miners: readonly string[], pieceCid: string | null = null): void {
    this.parts.set(root, [{ seq: 0, pieceCid, offset: 0, length: 0, holders: miners.map(holder) }]);
  }
}

export function holder(miner: string): Holder {
  return { miner: minerId(miner), httpUrl: `http://${miner}`, sealed: true };
}

/** A node without retrieval methods, or with another failure; `failure` null: it says that it wrote the file. */
export class NoNodeRetriever extends NodeRetriever {
  readonly requests: NodeRetrieval[] = [];
  failure: FetchFailed | null = new FetchFailed('unsupported', 'scripted: no retrieval methods');

  async retrieve(request: NodeRetrieval): Promise<void> {
    this.requests.push(request);
    if (this.failure !== null) throw this.failure;
  }
}

/** Remembers what was reported of our own node, in place of the table. */
export class ToldFaults implements Pick<NodeFaults, 'succeeded'> {
  readonly told: string[] = [];

  async report(fault: string, stage: string): Promise<void> {
    this.told.push(`${fault} at ${stage}`);
  }

  async succeeded(): Promise<void> {}
}
