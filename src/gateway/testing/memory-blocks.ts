import type { CID } from 'multiformats/cid';
import { blockKey, isIdentity } from '../../ipld/index.js';
import { NotHere } from '../domain/gateway.errors.js';
import { type BlockSource, GatewayMemory, RequestBlocks } from '../domain/request-blocks.js';

export const TEST_LIMITS = { readAhead: 48 * 1024 ** 2, nodes: 64 * 1024 ** 2, seen: 1024 ** 2, blocks: 100_000 };

/** Blocks in a map, which writes down what it was asked for, read as one request reads them. */
export class MemoryBlocks extends RequestBlocks {
  readonly asked: string[];
  private readonly blocks: Map<string, Uint8Array>;

  constructor(
    given: readonly { cid: CID; bytes: Uint8Array }[],
    limits: Partial<typeof TEST_LIMITS> = {},
    signal = new AbortController().signal,
  ) {
    const blocks = new Map<string, Uint8Array>();
    const asked: string[] = [];
    const source: BlockSource = {
      find: (cid) => {
        asked.push(cid.toString());
        return Promise.resolve(isIdentity(cid) ? cid.multihash.digest : (blocks.get(blockKey(cid)) ?? null));
      },
      wait: (cid) => Promise.reject(new NotHere(`${cid.toString()} is not here`)),
    };
    const shared = new GatewayMemory({ ...TEST_LIMITS, ...limits });
    super(source, shared, shared.readers.open(), signal);
    this.asked = asked;
    this.blocks = blocks;
    for (const { cid, bytes } of given) this.put(cid, bytes);
  }

  put(cid: CID, bytes: Uint8Array): void {
    this.blocks.set(blockKey(cid), bytes);
  }

  forget(cid: CID): void {
    this.blocks.delete(blockKey(cid));
  }
}

export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
