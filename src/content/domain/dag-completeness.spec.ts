import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as dagCbor from '@ipld/dag-cbor';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { DAG_CBOR, DAG_JSON, linksOf, RAW } from '../../ipld/index.js';
import { DagCompleteness } from './dag-completeness.js';
import { DagIncomplete } from './content.errors.js';
import { RootMissing } from '../../storage/index.js';

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

function after(blocks: readonly Block[], roots: readonly CID[]): () => void {
  const here = new Set<string>();
  const completeness = new DagCompleteness((cid) => here.has(Buffer.from(cid.multihash.bytes).toString('hex')));
  for (const { cid, bytes } of blocks) {
    here.add(Buffer.from(cid.multihash.bytes).toString('hex'));
    completeness.add(cid, bytes);
  }
  return () => completeness.assertComplete(roots);
}

describe('a DAG that comes in', () => {
  const [a, b] = [leaf('a'), leaf('b')];
  const inner = node(a, b);
  const root = node(inner, a);

  it('is complete in any order, blocks twice and blocks that nobody links included', () => {
    expect(after([root, inner, a, b], [root.cid])).not.toThrow();
    expect(after([b, a, leaf('nobody'), inner, inner, root, a], [root.cid])).not.toThrow();
    expect(after([a], [a.cid])).not.toThrow();
  });

  it('has a hole wherever a linked block did not come', () => {
    expect(after([root, inner, a], [root.cid])).toThrow(DagIncomplete);
    expect(after([root, a, b], [root.cid])).toThrow(
      expect.objectContaining({ details: { missing: 1, cid: inner.cid.toString() } }),
    );
    expect(after([a, b, inner], [root.cid])).toThrow(RootMissing);
  });

  it('is not complete by bytes that came under another codec: they link to nothing there', () => {
    const disguised = { cid: CID.createV1(RAW, inner.cid.multihash), bytes: inner.bytes };
    expect(after([root, disguised, a], [root.cid])).toThrow(DagIncomplete);
    expect(after([disguised], [inner.cid])).toThrow(RootMissing);
    expect(after([node(disguised), inner, a, b], [node(disguised).cid])).not.toThrow();
  });

  it('is followed through CIDs that carry their bytes, a root included', () => {
    const inlined = identity(dagPb.code, inner.bytes);
    expect(after([a, b], [inlined])).not.toThrow();
    expect(after([a], [inlined])).toThrow(DagIncomplete);
    const above = block(DAG_CBOR, dagCbor.encode([inlined]));
    expect(after([above, a], [above.cid])).toThrow(DagIncomplete);
  });

  it('may be wider than a call takes arguments', () => {
    const wide = block(DAG_CBOR, dagCbor.encode([...Array.from({ length: 300_000 }, () => 0), a.cid]));
    expect(linksOf(wide.cid, wide.bytes).map(String)).toEqual([a.cid.toString()]);
    expect(after([wide], [wide.cid])).toThrow(DagIncomplete);
  });

  it('is read in dag-json too; what its codec cannot read is bytes', () => {
    const json = block(DAG_JSON, Buffer.from(JSON.stringify({ x: [{ '/': a.cid.toString() }] })));
    expect(after([json], [json.cid])).toThrow(DagIncomplete);
    const noise = block(DAG_CBOR, Buffer.from([0xff, 0xff]));
    expect(after([noise], [noise.cid])).not.toThrow();
  });

  it('ends when it has more nodes than can be followed', () => {
    const completeness = new DagCompleteness(() => true, 1);
    completeness.add(inner.cid, inner.bytes);
    expect(() => completeness.add(root.cid, root.bytes)).toThrow('more than 1 nodes');
  });
});
