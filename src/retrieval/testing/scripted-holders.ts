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

/** A node without retrieval methods. */
export class NoNodeRetriever extends NodeRetriever {
  readonly requests: NodeRetrieval[] = [];

  retrieve(request: NodeRetrieval): Promise<void> {
    this.requests.push(request);
    return Promise.reject(new FetchFailed('unsupported', 'scripted: no retrieval methods'));
  }
}
