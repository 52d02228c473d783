import type { CID } from 'multiformats/cid';
import { blockKey, isIdentity } from '../../ipld/index.js';
import { NotHere } from '../domain/gateway.errors.js';
import type { Blocks } from '../domain/read-file.js';

/** Blocks in a map, which writes down what it was asked for. */
export class MemoryBlocks implements Blocks {
  readonly asked: string[] = [];
  private readonly blocks = new Map<string, Uint8Array>();

  constructor(blocks: readonly { cid: CID; bytes: Uint8Array }[]) {
    for (const { cid, bytes } of blocks) this.put(cid, bytes);
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.blocks.set(blockKey(cid), bytes);
  }

  forget(cid: CID): void {
    this.blocks.delete(blockKey(cid));
  }

  async get(cid: CID): Promise<Uint8Array> {
    this.asked.push(cid.toString());
    const bytes = isIdentity(cid) ? cid.multihash.digest : this.blocks.get(blockKey(cid));
    if (!bytes) throw new NotHere(`${cid.toString()} is not here`);
    return bytes;
  }
}

export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
