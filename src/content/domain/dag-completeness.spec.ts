import { hash } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { DAG_CBOR, DAG_JSON, linksOf, RAW } from '../../ipld/index.js';
import * as hostile from '../../../test/support/hostile-dags.js';
import { DagCompleteness } from './dag-completeness.js';
import { DagIncomplete } from './content.errors.js';
import { RootMissing } from '../../storage/index.js';

// Blocks of megabytes, on a machine that has more to do.
jest.setTimeout(30_000);

interface Block {
  cid: CID;
  bytes: Uint8Array;
}

const block = (code: number, bytes: Uint8Array): Block => ({
  cid: CID.createV1(code, Digest.create(0x12, hash('sha256', bytes, 'buffer'))),
  bytes,
});
const leaf = (text: string): Block => block(RAW, Buffer.from(text));
const node = (...children: Block[]): Block =>
  block(dagPb.code, dagPb.encode(dagPb.prepare({ Links: children.map(({ cid }) => ({ Name: '', Hash: cid })) })));
const identity = (code: number, bytes: Uint8Array): CID => CID.createV1(code, Digest.create(0, bytes));

async function after(blocks: readonly Block[], roots: readonly CID[]): Promise<void> {
  const here = new Set<string>();
  const completeness = new DagCompleteness((cid) => here.has(Buffer.from(cid.multihash.bytes).toString('hex')));
  for (const { cid, bytes } of blocks) {
    here.add(Buffer.from(cid.multihash.bytes).toString('hex'));
    await completeness.add(cid, bytes);
  }
  completeness.assertComplete(roots);
}

describe('a DAG that comes in', () => {
  const [a, b] = [leaf('a'), leaf('b')];
  const inner = node(a, b);
  const root = node(inner, a);

  it('is complete in any order, blocks twice and blocks that nobody links included', async () => {
    await expect(after([root, inner, a, b], [root.cid])).resolves.toBeUndefined();
    await expect(after([b, a, leaf('nobody'), inner, inner, root, a], [root.cid])).resolves.toBeUndefined();
    await expect(after([a], [a.cid])).resolves.toBeUndefined();
  });

  it('has a hole wherever a linked block did not come', async () => {
    await expect(after([root, inner, a], [root.cid])).rejects.toThrow(DagIncomplete);
    await expect(after([root, a, b], [root.cid])).rejects.toThrow(
      expect.objectContaining({ details: { missing: 1, cid: inner.cid.toString() } }),
    );
    await expect(after([a, b, inner], [root.cid])).rejects.toThrow(RootMissing);
  });

  it('is not complete by bytes that came under another codec: they link to nothing there', async () => {
    const disguised = { cid: CID.createV1(RAW, inner.cid.multihash), bytes: inner.bytes };
    await expect(after([root, disguised, a], [root.cid])).rejects.toThrow(DagIncomplete);
    await expect(after([disguised], [inner.cid])).rejects.toThrow(RootMissing);
    await expect(after([node(disguised), inner, a, b], [node(disguised).cid])).resolves.toBeUndefined();
  });

  it('is followed through CIDs that carry their bytes, a root included', async () => {
    const inlined = identity(dagPb.code, inner.bytes);
    await expect(after([a, b], [inlined])).resolves.toBeUndefined();
    await expect(after([a], [inlined])).rejects.toThrow(DagIncomplete);
    const above = block(DAG_CBOR, dagCbor.encode([inlined]));
    await expect(after([above, a], [above.cid])).rejects.toThrow(DagIncomplete);
  });

  it('may be wider than a call takes arguments', async () => {
    const wide = block(DAG_CBOR, dagCbor.encode([...Array.from({ length: 300_000 }, () => 0), a.cid]));
    expect(linksOf(wide.cid, wide.bytes).map(String)).toEqual([a.cid.toString()]);
    await expect(after([wide], [wide.cid])).rejects.toThrow(DagIncomplete);
  });

  it('is read in dag-json too', async () => {
    const json = block(DAG_JSON, Buffer.from(JSON.stringify({ x: [{ '/': a.cid.toString() }] })));
    await expect(after([json], [json.cid])).rejects.toThrow(DagIncomplete);
  });

  it('may hold what no codec reads, and is not called whole then', async () => {
    const noise = block(DAG_CBOR, Buffer.from([0xff, 0xff]));
    const foreign = block(0x0202, Buffer.from('?'));
    const hidden = identity(DAG_CBOR, Buffer.from([0xff]));
    const above = block(DAG_CBOR, dagCbor.encode([hidden, a.cid]));
    for (const { cid, bytes } of [noise, foreign, above]) {
      const completeness = new DagCompleteness(() => true);
      await completeness.add(cid, bytes);
      expect(() => completeness.assertComplete([cid])).not.toThrow();
      expect(completeness.verifiable).toBe(false);
    }
    // What can be read of it has to be there all the same.
    await expect(after([above], [above.cid])).rejects.toThrow(DagIncomplete);
    const readable = new DagCompleteness(() => true);
    await readable.add(inner.cid, inner.bytes);
    expect(readable.verifiable).toBe(true);
    readable.assertComplete([hidden]);
    expect(readable.verifiable).toBe(false);
  });

  it('ends when it has more nodes than can be followed', async () => {
    const completeness = new DagCompleteness(() => true, null, 1);
    await completeness.add(inner.cid, inner.bytes);
    await expect(completeness.add(root.cid, root.bytes)).rejects.toThrow('more than 1 nodes');
  });

  it.each([
    ['half a million links', hostile.manyLinks(1024 ** 2, 'dag-pb')],
    ['links in dag-cbor', hostile.manyLinks(1024 ** 2, 'dag-cbor')],
    ['nothing but lists in lists', hostile.cborTokens(1024 ** 2, 'nested')],
    ['nothing but numbers', hostile.cborTokens(1024 ** 2, 'flat')],
    ['nothing but maps in maps', hostile.cborTokens(1024 ** 2, 'maps')],
  ])('leaves others their turn while a block is followed that is %s', async (_name, { root: cid, blocks: [first] }) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await new DagCompleteness(() => true).add(cid, first!.bytes);
    clearInterval(timer);
    // None, if it were done in one go; how many there are is a matter of the machine.
    expect(turns).toBeGreaterThan(0);
  });

  it('is refused for CIDs in each other that carry a block of 64 KiB', async () => {
    const { root: cid, blocks } = hostile.nestedIdentity(64 * 1024);
    await expect(after(blocks, [cid])).rejects.toThrow('carries');
  });
});
