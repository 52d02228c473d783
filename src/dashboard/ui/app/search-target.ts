import { looksLikeCid, looksLikeMiner } from '../format/ids';

/** Where a search leads: a miner's page, the proof for a CID, or the files with such a name; null for nothing. */
export function searchTarget(text: string, signedIn: boolean): string | null {
  const sought = text
    .trim()
    .replace(/^(ipfs:\/\/|.*\/ipfs\/)/, '')
    .replace(/\/$/, '');
  if (sought === '') return null;
  if (looksLikeMiner(sought)) return `/network/miners/${sought}`;
  if (looksLikeCid(sought) || !signedIn) return `/verify/${encodeURIComponent(sought)}`;
  return `/app/files?search=${encodeURIComponent(sought)}`;
}
