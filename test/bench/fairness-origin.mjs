// IPFS peers on loopback for the fairness bench: one that sends what it has at once, one that takes its time for each
// block.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import * as Digest from 'multiformats/hashes/digest';
import { AddressPolicy } from '../../dist/platform/net/index.js';
import { HeliaNode } from '../../dist/adapters/helia/helia-node.js';

const SHA2_256 = 0x12;

const cidOf = (codec, bytes) =>
  CID.createV1(codec, Digest.create(SHA2_256, createHash('sha256').update(bytes).digest()));

/** Resolves with { addresses, addSmall, addChain, stop }. Each block is sent `delayMs` after it was asked for. */
export async function startOrigin(delayMs = 0) {
  const blocks = new Map();
  const key = (cid) => Buffer.from(cid.multihash.bytes).toString('latin1');
  const put = (codec, bytes) => {
    const cid = cidOf(codec, bytes);
    blocks.set(key(cid), bytes);
    return cid;
  };
  const folder = await mkdtemp(join(tmpdir(), 'tidewater-origin-'));
  const node = new HeliaNode({
    folder,
    blocks: {
      get: async (cid) => {
        if (delayMs > 0) await sleep(delayMs);
        const bytes = blocks.get(key(cid));
        return bytes ? new Uint8Array(bytes) : null;
      },
      has: async (cid) => blocks.has(key(cid)),
      size: async (cid) => blocks.get(key(cid))?.length ?? null,
    },
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    policy: AddressPolicy.PRIVATE_TOO,
  });
  await node.start();
  return {
    addresses: node.addresses(),
    addSmall: () => put(raw.code, randomBytes(1_000)),
    /** Blocks one below the other, so that none can be asked for before the one above has come. */
    addChain(length) {
      let cid = put(raw.code, randomBytes(1_000));
      for (let n = 1; n < length; n++) cid = put(dagPb.code, dagPb.encode(dagPb.prepare({ Links: [{ Hash: cid }] })));
      return cid;
    },
    async stop() {
      await node.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
