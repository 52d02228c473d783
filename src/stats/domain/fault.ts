import { isOurFailure } from '../../deals/index.js';

/** Beside the reasons that deals call ours: nobody's terms, nobody's wish, and our node at a retrieval. */
const NOT_THEIRS: ReadonlySet<string> = new Set([
  'node-fault',
  'protocol-unsupported',
  'piece-retired',
  'refused-terms',
]);

/** Whether a typed reason, of a deal's failure or of a retrieval's, says nothing about the miner. */
export function isOurs(reason: string): boolean {
  return NOT_THEIRS.has(reason) || isOurFailure(reason);
}
