import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CID } from 'multiformats/cid';
import { AccountLimits } from '../../accounts/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { raw } from '../../storage/testing/dag-store.contract.js';
import { TrimRuns } from '../../storage/testing/trim-runs.js';
import type { NewContent } from '../domain/content.js';
import { AccountUsage } from '../index.js';
import { contentNode, type ContentNode, type TestUser } from '../testing/content-app.js';
import { carOf, Client, fileNode } from '../testing/uploads.js';

const KIB = 1024;
const MIGRATION = path.resolve('prisma/migrations/0068_count_references_fully/migration.sql');

describe('a reference to a root that came in a CAR with others', () => {
  let node: ContentNode;
  let alice: Client;
  beforeAll(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
  }, 60_000);
  afterAll(() => node.close());
  beforeEach(async () => {
    await node.database.query("UPDATE contents SET state = 'deleted' WHERE user_id = $1", [node.bob.id]);
    await node.database.query('DELETE FROM account_usage WHERE user_id = $1', [node.bob.id]);
    await quota(node.bob, null);
  });

  const quota = (user: TestUser, bytesQuota: number | null) =>
    node.app.get(AccountLimits, { strict: false }).set(user.id, { bytesQuota });
  const kept = async (user: TestUser) => (await node.app.get(AccountUsage, { strict: false }).counted(user.id)).bytes;
  /** As a pin of what is hot here does it. Its id, or why not. */
  const refer = (root: CID): Promise<unknown> =>
    node.app
      .get<DagStore<NewContent>>(DagStore, { strict: false })
      .addReference(root, {
        userId: node.bob.id,
        cid: root.toString(),
        name: 'kept',
        type: 'unknown',
        profile: 'pin',
      })
      .catch((error: { code: string }) => error.code);
  const someLeaves = (count: number) => Array.from({ length: count }, () => raw(randomBytes(64 * KIB)));

  it('counts for all that the root leads to, while the other account still has it, and leaves that one as it was', async () => {
    const leaves = someLeaves(6);
    // It claims nothing, and leads to all of it; the file beside it claims all of it.
    const honest = fileNode(
      leaves,
      leaves.map(() => BigInt(64 * KIB)),
    );
    const little = fileNode(leaves, []);
    const own = 6 * 64 * KIB + little.bytes.length;
    const before = await kept(node.alice);
    const { status } = await alice.addCar(await carOf([honest.cid, little.cid], [honest, little, ...leaves]));
    expect(status).toBe(200);
    const alices = (await kept(node.alice)) - before;
    expect(alices).toBeLessThanOrEqual(own + honest.bytes.length);

    await quota(node.bob, own - 1);
    expect(await refer(little.cid)).toBe('ERR_QUOTA_EXCEEDED');
    await quota(node.bob, own);
    expect(await refer(little.cid)).toEqual(expect.any(String));
    expect(await kept(node.bob)).toBe(own);
    expect(await refer(little.cid)).toBe('ERR_QUOTA_EXCEEDED');
    expect((await kept(node.alice)) - before).toBe(alices);
  });

  it('counts for nothing that belongs to the others alone', async () => {
    const [large, small] = [someLeaves(6), someLeaves(1)];
    const [a, b] = [fileNode(large, []), fileNode(small, [])];
    await alice.addCar(await carOf([a.cid, b.cid], [a, ...large, b, ...small]));
    await quota(node.bob, 100 * KIB);
    expect(await refer(b.cid)).toEqual(expect.any(String));
    expect(await kept(node.bob)).toBe(64 * KIB + b.bytes.length);
  });

  it('counts for as much when the account brings that root by itself', async () => {
    const leaves = someLeaves(3);
    const [root, other] = [fileNode(leaves, []), raw(randomBytes(10))];
    await alice.addCar(await carOf([other.cid, root.cid], [other, root, ...leaves]));
    const bob = new Client(node, node.bob);
    await quota(node.bob, 3 * 64 * KIB + root.bytes.length);
    expect((await bob.addCar(await carOf([root.cid], [root, ...leaves]))).status).toBe(200);
    expect(await kept(node.bob)).toBe(3 * 64 * KIB + root.bytes.length);
  });

  it('and the CAR itself once more, count what came, however its roots overlap', async () => {
    const leaves = someLeaves(3);
    const [inner, outer] = [fileNode(leaves.slice(1), []), fileNode(leaves, [])];
    const blocks = [outer, inner, ...leaves];
    const held = blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const car = await carOf([outer.cid, inner.cid], blocks);
    const bob = new Client(node, node.bob);
    await quota(node.bob, 2 * held);
    for (let times = 1; times <= 2; times += 1) {
      expect((await bob.addCar(car)).status).toBe(200);
      expect(await kept(node.bob)).toBe(times * held);
    }
  });

  it('that a version before counted for less counts for what it holds, once the database is up to date', async () => {
    const leaves = someLeaves(4);
    const [first, second] = [fileNode(leaves, []), fileNode(leaves.slice(2), [])];
    await alice.addCar(await carOf([first.cid, second.cid], [first, second, ...leaves]));
    const id = await refer(second.cid);
    await kept(node.bob);
    await node.database.query('UPDATE dags SET stored_bytes = 0 WHERE root = $1', [second.cid.toString()]);
    await node.database.query('UPDATE contents SET stored_bytes = 0 WHERE id = $1', [id]);
    await node.database.query('UPDATE account_usage SET bytes = 0 WHERE user_id = $1', [node.bob.id]);
    await node.database.query(readFileSync(MIGRATION, 'utf8'));
    await node.app.get(TrimRuns, { strict: false }).run();
    expect(await kept(node.bob)).toBe(2 * 64 * KIB + second.bytes.length);
    for (const block of [first, second, ...leaves])
      expect(await node.app.get(HotBlocks, { strict: false }).get(block.cid)).not.toBeNull();
  });
});
