import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CID } from 'multiformats/cid';
import { AccountLimits } from '../../accounts/index.js';
import { AccountUsage } from '../index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { TrimRuns } from '../../storage/testing/trim-runs.js';
import type { NewContent } from '../domain/content.js';
import { dag, raw } from '../../storage/testing/dag-store.contract.js';
import { contentNode, type ContentNode } from '../testing/content-app.js';
import { carOf, Client, fileNode } from '../testing/uploads.js';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('an account with a quota', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  beforeAll(async () => {
    node = await contentNode();
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
    await alice.put(randomBytes(10 * KIB));
  }, 60_000);
  afterAll(() => node.close());
  beforeEach(() => quota(null));

  async function quota(bytes: number | null): Promise<void> {
    await node.app.get(AccountLimits, { strict: false }).set(node.alice.id, { bytesQuota: bytes });
  }
  const leave = async (bytes: number): Promise<void> => quota((await used()) + bytes);

  /** The sum itself; the figure that is kept has to be the same at any time. */
  async function used(user: string = node.alice.id): Promise<number> {
    const [row] = await node.database.query<{ sum: string }>(
      "SELECT coalesce(sum(stored_bytes), 0) AS sum FROM contents WHERE user_id = $1 AND state <> 'deleted'",
      [user],
    );
    return Number(row?.sum);
  }
  async function kept(user = node.alice.id): Promise<number> {
    return (await node.app.get(AccountUsage, { strict: false }).counted(user)).bytes;
  }
  const cars = async (): Promise<string[]> =>
    (await readdir(path.join(node.dataDir, 'cars'), { recursive: true }))
      .filter((name) => name.endsWith('.car'))
      .sort();
  const refused = { status: 403, body: { error: { code: 403, reason: 'ERR_QUOTA_EXCEEDED' } } };

  it('may use all of it, and not a byte more', async () => {
    await leave(5000);
    expect((await alice.put(randomBytes(2000))).status).toBe(200);
    expect(await alice.put(randomBytes(3001))).toMatchObject({
      ...refused,
      body: { error: { context: { left: 3000 } } },
    });
    expect((await alice.put(randomBytes(3000))).status).toBe(200);
    expect(await alice.put(randomBytes(1))).toMatchObject(refused);
    expect((await bob.put(randomBytes(5 * MIB))).status).toBe(200);
  });

  it('has room again when it deletes something', async () => {
    await leave(3 * MIB);
    const { body } = await alice.put(randomBytes(3 * MIB));
    expect(await alice.put(randomBytes(100))).toMatchObject(refused);
    await alice.delete(body.estuaryId);
    expect((await alice.put(randomBytes(3 * MIB))).status).toBe(200);
    expect(await kept()).toBe(await used());
  });

  it('pays for every reference, also for what it or another has already', async () => {
    const bytes = randomBytes(1000);
    await bob.put(bytes);
    await leave(2000);
    expect((await alice.put(bytes)).status).toBe(200);
    expect((await alice.put(bytes)).status).toBe(200);
    expect(await alice.put(bytes)).toMatchObject(refused);
  });

  it.each([
    ['small', 10 * KIB],
    ['large', 2 * MIB],
  ])('does not slip through with many %s uploads at once', async (_name, size) => {
    await leave(3 * size);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        (i % 4 === 3 ? bob : alice).put(randomBytes(size)).then(({ status }) => [i % 4 === 3, status]),
      ),
    );
    expect(answers.filter(([isBob, status]) => isBob && status === 200)).toHaveLength(3);
    expect(answers.filter(([isBob, status]) => !isBob && status === 200)).toHaveLength(3);
    expect(answers.filter(([isBob, status]) => !isBob && status === 403)).toHaveLength(6);
    expect(await kept()).toBe(await used());
  });

  it('starts to be counted while it stores and deletes, and not a byte is missed', async () => {
    await node.database.query('DELETE FROM account_usage');
    const stop = Date.now() + 600;
    const busy = Array.from({ length: 6 }, async () => {
      while (Date.now() < stop) {
        const { body } = await alice.put(randomBytes(500));
        if (Math.random() < 0.5) await alice.delete(body.estuaryId);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all(Array.from({ length: 4 }, () => kept()));
    await Promise.all(busy);
    expect(await kept()).toBe(await used());
  });

  it('has nothing counted that it does not ask for: without a quota there is no figure', async () => {
    await bob.put(randomBytes(100));
    expect(await node.database.query('SELECT FROM account_usage WHERE user_id = $1', [node.bob.id])).toEqual([]);
  });

  it('sees an upload of unknown length stopped as soon as it passes what is left; nothing of it stays', async () => {
    await leave(3 * MIB);
    const before = await cars();
    const { status, reason, sent } = await endless();
    expect([status, reason]).toEqual([403, 'ERR_QUOTA_EXCEEDED']);
    expect(sent).toBeLessThan(64 * MIB);
    expect(await cars()).toEqual(before);
    expect(await kept()).toBe(await used());
  });

  it('is told so for forms and for CARs, too', async () => {
    const { root, blocks } = dag(4, 300 * KIB);
    const car = await carOf([root], blocks);
    const form = new FormData();
    form.append('data', new Blob([randomBytes(2 * MIB)]), 'a.bin');
    await leave(4 * 300 * KIB - 1);
    const before = await cars();
    expect(await alice.call('POST', '/content/add', form)).toMatchObject(refused);
    expect(await alice.addCar(car)).toMatchObject({
      ...refused,
      body: { error: { context: { left: 4 * 300 * KIB - 1 } } },
    });
    await leave(100 * KIB);
    expect(await alice.addCar(car)).toMatchObject({ ...refused, body: { error: { context: { left: 100 * KIB } } } });
    expect(await cars()).toEqual(before);
    expect(await node.app.get(DagStore, { strict: false }).find(root)).toBeNull();
    // What counts is the content; the CAR is larger than that.
    await leave(4 * 300 * KIB);
    expect((await alice.addCar(car)).status).toBe(200);
  });

  it('sees what it has and may have, over HTTP', async () => {
    await quota(12_345_678);
    const contents = (await alice.get<unknown[]>('/content/list?limit=1000')).body.length;
    expect(await alice.get('/user/limits')).toMatchObject({
      status: 200,
      body: { limits: { bytesQuota: 12_345_678 }, usage: { bytes: await used(), contents } },
    });
    expect((await bob.get<{ usage: { contents: number } }>('/user/limits')).body.usage.contents).toBe(
      (await bob.get<unknown[]>('/content/list?limit=1000')).body.length,
    );
  });

  it('gets all roots of a CAR or none', async () => {
    const [a, b] = [raw(randomBytes(1000)), raw(randomBytes(1000))];
    await leave(1999);
    expect(await alice.addCar(await carOf([a.cid, b.cid], [a, b]))).toMatchObject(refused);
    for (const { cid } of [a, b]) expect(await node.app.get(DagStore, { strict: false }).find(cid)).toBeNull();
    await leave(2000);
    expect((await alice.addCar(await carOf([a.cid, b.cid], [a, b]))).status).toBe(200);
  });

  it('is charged what it stores, whatever a root claims', async () => {
    const blocks = Array.from({ length: 12 }, () => raw(randomBytes(256 * KIB)));
    const claimsNothing = fileNode(blocks, []);
    const claimsLess = fileNode(
      blocks,
      blocks.map(() => 10n),
    );
    await leave(MIB);
    const before = await used();
    for (const root of [claimsNothing, claimsLess])
      expect(await alice.addCar(await carOf([root.cid], [root, ...blocks]))).toMatchObject(refused);
    // Nor by blocks that nothing links to, beside a root that is here already.
    const small = raw(randomBytes(100));
    expect((await alice.addCar(await carOf([small.cid], [small]))).status).toBe(200);
    expect(await alice.addCar(await carOf([small.cid], [small, ...blocks]))).toMatchObject(refused);
    expect(await used()).toBe(before + 100);
    await leave(4 * MIB);
    const stored = await alice.addCar(await carOf([claimsNothing.cid], [claimsNothing, ...blocks]));
    expect(stored.status).toBe(200);
    expect(await used()).toBe(before + 100 + 3 * MIB + claimsNothing.bytes.length);
    expect(await kept()).toBe(await used());
  });

  it('pays for a known root that claims nothing as much as who brought it', async () => {
    const blocks = Array.from({ length: 4 }, () => raw(randomBytes(256 * KIB)));
    const root = fileNode(blocks, []);
    await bob.addCar(await carOf([root.cid], [root, ...blocks]));
    await leave(MIB);
    expect(
      await node.app
        .get<DagStore<NewContent>>(DagStore, { strict: false })
        .addReference(root.cid, {
          userId: node.alice.id,
          cid: root.cid.toString(),
          name: 'x',
          type: 'file',
          profile: 'pin',
        })
        .catch((error: { code: string }) => error.code),
    ).toBe('ERR_QUOTA_EXCEEDED');
  });

  it('keeps the blocks of a CAR with several roots on its account until the last of them is deleted', async () => {
    const blocks = Array.from({ length: 4 }, () => raw(randomBytes(256 * KIB)));
    const [large, small] = [fileNode(blocks, []), raw(randomBytes(1))];
    await leave(2 * MIB);
    const before = await used();
    const held = MIB + large.bytes.length + 1;
    const { body } = await alice.addCar(await carOf([large.cid, small.cid], [large, small, ...blocks]));
    expect((await used()) - before).toBe(held);
    const [first, second] = body.contents ?? [];
    await alice.delete(first?.estuaryId ?? 0);
    expect([(await used()) - before, (await kept()) - before]).toEqual([held, held]);
    await alice.delete(second?.estuaryId ?? 0);
    expect([await used(), await kept()]).toEqual([before, before]);
  });

  it('has what another account keeps of its CAR counted there, and its own bytes gone, when it deletes all of it', async () => {
    // Their leaves come in turn; two of them belong to both.
    const [shared, hers, his] = [2, 3, 3].map((count) =>
      Array.from({ length: count }, () => raw(randomBytes(64 * KIB))),
    );
    const first = fileNode([...shared!, ...hers!], []);
    // Claims nothing, and says so: of the CAR's bytes none fell to its share.
    const second = fileNode([...his!, ...shared!], []);
    const leaves = [0, 1, 2].flatMap((at) => [hers![at]!, his![at]!, ...(shared![at] ? [shared![at]] : [])]);
    const before = { alice: await used(), bob: await used(node.bob.id) };
    const { body } = await alice.addCar(await carOf([first.cid, second.cid], [first, ...leaves, second]));
    const reference: NewContent = {
      userId: node.bob.id,
      cid: second.cid.toString(),
      name: 'kept',
      type: 'unknown',
      profile: 'pin',
    };
    const kept_ = await node.app.get(DagStore, { strict: false }).addReference(second.cid, reference);
    await node.app.get(AccountUsage, { strict: false }).counted(node.bob.id);
    for (const { estuaryId } of body.contents ?? []) await alice.delete(estuaryId);
    expect(await used()).toBe(before.alice);
    await node.app.get(TrimRuns, { strict: false }).run();

    const own = 5 * 64 * KIB + second.bytes.length;
    expect((await used(node.bob.id)) - before.bob).toBe(own);
    expect(await kept(node.bob.id)).toBe(await used(node.bob.id));
    const hot = async ({ cid }: { cid: CID }) => (await node.app.get(HotBlocks, { strict: false }).get(cid)) !== null;
    for (const block of [second, ...his!, ...shared!]) expect(await hot(block)).toBe(true);
    for (const block of [first, ...hers!]) expect(await hot(block)).toBe(false);
    // What it is charged for is what it holds: nothing but its own lies in its runs.
    const [row] = await node.database.query<{ bytes: string }>(
      'SELECT sum(r.length) AS bytes FROM runs r JOIN contents c ON c.dag_id = r.dag_id WHERE c.id = $1',
      [kept_],
    );
    expect(Number(row?.bytes)).toBe(own + 5 * (3 + 36) + 2 + 36);
    expect(await node.database.query('SELECT id FROM trims')).toEqual([]);
    // Its last reference takes the rest away.
    await bob.delete(Number(kept_));
    expect([await used(node.bob.id), await kept(node.bob.id)]).toEqual([before.bob, before.bob]);
    for (const block of [second, ...his!, ...shared!]) expect(await hot(block)).toBe(false);
  });

  async function endless(): Promise<{ status: number; reason: string; sent: number }> {
    return new Promise((resolve, reject) => {
      let sent = 0;
      let answered = false;
      const upload = request(
        `${node.url}/content/add`,
        { method: 'PUT', headers: { authorization: `Bearer ${node.alice.key}` } },
        async (response) => {
          answered = true;
          let text = '';
          for await (const part of response) text += String(part);
          resolve({
            status: response.statusCode ?? 0,
            reason: (JSON.parse(text) as { error: { reason: string } }).error.reason,
            sent,
          });
          upload.destroy();
        },
      );
      upload.on('error', (error) => (answered ? undefined : reject(error)));
      const more = (): void => {
        if (answered || sent > 256 * MIB) return;
        sent += MIB;
        upload.write(randomBytes(MIB), () => setImmediate(more));
      };
      more();
    });
  }
});
