import type { CID } from 'multiformats/cid';

/** Blocks of one DAG for one request. */
export interface Blocks {
  /** @throws NotHere when there is none and none will come; whatever else keeps it from coming. */
  get(cid: CID): Promise<Uint8Array>;
}
