const HEAD = 7;
const TAIL = 4;

/** Head and tail of a long id, `bafybei…7zdm`; short ones as they are. */
export function shortId(id: string): string {
  return id.length <= HEAD + TAIL + 3 ? id : `${id.slice(0, HEAD)}…${id.slice(-TAIL)}`;
}

/** Whether a text may be a CID, v0 or v1; the platform judges for good. */
export function looksLikeCid(text: string): boolean {
  return /^(Qm[1-9A-HJ-NP-Za-km-z]{44}|[bB][a-zA-Z2-7]{7,}|[zf][a-zA-Z0-9]{20,})$/.test(text.trim());
}

/** Whether a text names a miner: `f01234`, on a devnet `t01234`. */
export function looksLikeMiner(text: string): boolean {
  return /^[ft]0\d{1,20}$/.test(text.trim());
}
