import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { forgetIndex } from '../blocks/block-index.js';
import { DagStore } from '../ports/dag-store.port.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { AppConfig } from '../../config/index.js';
import { makeCar, rawBlock } from '../testing/car-files.js';
import { SegmentCommitter } from './segment-committer.js';
import { TrimRuns } from './trim-runs.js';

interface Block {
  cid: CID;
  bytes: Uint8Array;
}
interface TestDag {
  root: Block;
  /** Root, lists below it and leaves. */
  blocks: Block[];
  /** Contents that refer to it, with whose key each is deleted. */
  references: { id: number; owner: Client }[];
}

const KIB = 1024;

function list(links: readonly Block[]): Block {
  const bytes = dagCbor.encode({ links: links.map(({ cid }) => cid), salt: randomBytes(4) });
  return { cid: CID.createV1(dagCbor.code, Digest.create(0x12, hash('sha256', bytes, 'buffer'))), bytes };
}

describe('DAGs of one CAR of which some are gone', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  beforeAll(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
  }, 60_000);
  afterAll(() => node.close());

  const seal = () => node.app.get(SegmentCommitter, { strict: false }).sealNow();
  const trim = () => node.app.get(TrimRuns, { strict: false }).run();
  const read = ({ cid }: Block) => node.app.get(HotBlocks, { strict: false }).get(cid);
  const keyOf = ({ cid }: Block) => cid.toString();

  /** Roots over leaves, some of them shared, and a list that two roots have in common; leaves of all kinds mixed in the CAR. */
  async function upload(roots: number, leafBytes: number): Promise<TestDag[]> {
    const common = [rawBlock(randomBytes(leafBytes)), rawBlock(randomBytes(leafBytes))];
    const below = list(common);
    const dags: TestDag[] = [];
    for (let n = 0; n < roots; n += 1) {
      const own = [rawBlock(randomBytes(leafBytes)), rawBlock(randomBytes(100 + n))];
      const taken = n % 2 === 0 ? [below, ...common] : [common[0]!];
      const linked = n % 2 === 0 ? [...own, below] : [...own, common[0]!];
      const root = list(linked);
      dags.push({ root, blocks: [root, ...own, ...taken], references: [] });
    }
    const blocks = new Map(dags.flatMap((dag) => dag.blocks).map((block) => [keyOf(block), block]));
    const mixed = [...blocks.values()].sort((a, b) => (keyOf(a).slice(-6) < keyOf(b).slice(-6) ? -1 : 1));
    const { status, body } = await alice.addCar(
      makeCar(
        dags.map(({ root }) => root.cid),
        mixed,
      ),
    );
    expect(status).toBe(200);
    for (const [at, one] of (body.contents ?? [body]).entries())
      dags[at]?.references.push({ id: one.estuaryId, owner: alice });
    return dags;
  }

  async function addReference(dag: TestDag): Promise<void> {
    const reference = {
      userId: node.bob.id,
      cid: dag.root.cid.toString(),
      name: 'kept',
      type: 'unknown',
      profile: 'pin',
    };
    const id = await node.app.get(DagStore, { strict: false }).addReference(dag.root.cid, reference);
    expect(id).not.toBeNull();
    dag.references.push({ id: Number(id), owner: bob });
  }

  /** What somebody refers to is there, byte for byte; what nobody does cannot be read once all was trimmed. */
  async function assertRight(dags: readonly TestDag[]): Promise<void> {
    const wanted = new Map(
      dags
        .filter(({ references }) => references.length > 0)
        .flatMap((dag) => dag.blocks.map((block) => [keyOf(block), block])),
    );
    for (const block of wanted.values()) expect(Buffer.compare((await read(block))!, block.bytes)).toBe(0);
    const gone = dags.flatMap(({ blocks }) => blocks).filter((block) => !wanted.has(keyOf(block)));
    for (const block of gone)
      expect({ cid: keyOf(block), bytes: await read(block) }).toEqual({ cid: keyOf(block), bytes: null });
  }

  it.each([
    ['in a segment', 2 * KIB],
    ['in CARs of their own', 300 * KIB],
  ])(
    'keep every block of theirs, and nothing else, %s',
    async (_where, leafBytes) => {
      for (let round = 0; round < 4; round += 1) {
        const dags = await upload(2 + (round % 4), leafBytes);
        for (const [at, dag] of dags.entries()) if ((at + round) % 2 === 0) await addReference(dag);
        if (round % 3 === 1) await seal();
        // In an order that is another one each time, with a look at what is left now and then.
        const order = dags.flatMap((dag) => dag.references.map((reference) => ({ dag, reference })));
        order.sort(({ reference: a }, { reference: b }) => ((a.id * 7919) % 13) - ((b.id * 7919) % 13));
        for (const [step, { dag, reference }] of order.slice(0, -1).entries()) {
          expect((await reference.owner.delete(reference.id)).status).toBe(200);
          dag.references = dag.references.filter((one) => one !== reference);
          if ((step + round) % 2 === 0) {
            await trim();
            await assertRight(dags);
          }
          if (step === 2) await seal();
        }
        await trim();
        await assertRight(dags);
        await seal();
        await assertRight(dags);
        const { dag, reference } = order.at(-1)!;
        await reference.owner.delete(reference.id);
        dag.references = [];
        await assertRight(dags);
      }
      expect(await node.database.query('SELECT id FROM trims')).toEqual([]);
    },
    60_000,
  );

  it('are followed once, however many of the others go', async () => {
    const dags = await upload(5, 2 * KIB);
    const goes = async (dag: TestDag) => {
      await alice.delete(dag.references[0]!.id);
      dag.references = [];
      return trim();
    };
    expect(await goes(dags[0]!)).toBe(4);
    expect(await goes(dags[2]!)).toBe(0);
    expect(await goes(dags[1]!)).toBe(0);
    await assertRight(dags);
  }, 60_000);

  it('are found again when the index is made anew, and one that cannot be read whole keeps its runs', async () => {
    const [first, second] = await upload(2, 2 * KIB);
    const [third, fourth] = await upload(2, 2 * KIB);
    for (const dag of [second!, fourth!]) await addReference(dag);
    for (const { references } of [first!, second!])
      for (const { id, owner } of references.filter((one) => one.owner === alice)) await owner.delete(id);
    await trim();
    await seal();
    await node.stop();
    await forgetIndex(AppConfig.parse({ DATABASE_URL: node.database.url, TIDEWATER_DATA: node.dataDir }));
    await node.start();
    for (const dag of [first!, second!]) dag.references = dag.references.filter((one) => one.owner === bob);
    await assertRight([first!, second!, third!, fourth!]);
    // A codec that nobody here reads may lead anywhere: what came with it stays.
    const runs = () =>
      node.database.query('SELECT * FROM runs r JOIN dags d ON d.id = r.dag_id WHERE d.root = $1', [
        fourth!.root.cid.toString(),
      ]);
    const before = await runs();
    await node.database.query('UPDATE dags SET whole = false WHERE root = $1', [fourth!.root.cid.toString()]);
    await alice.delete(third!.references[0]!.id);
    await trim();
    expect(await runs()).toMatchObject(before.map(({ car_id, offset, length }) => ({ car_id, offset, length })));
    await assertRight([fourth!]);
  }, 60_000);
});
