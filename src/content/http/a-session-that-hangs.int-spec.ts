import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { stopBackendsAt, type StoppedBackends } from '../../../test/support/stopped-backend.js';
import { HotBlocks } from '../../storage/index.js';
import { contentNode, type ContentNode } from '../testing/content-app.js';
import { Client } from '../testing/uploads.js';

describe('a request whose session at the database hangs in the middle of its statement', () => {
  let node: ContentNode;
  let alice: Client;
  let bob: Client;
  let stopped: StoppedBackends | undefined;
  beforeEach(async () => {
    node = await contentNode({ LOG_LEVEL: 'silent', DATABASE_REQUEST_TIMEOUT_SECONDS: '3' });
    alice = new Client(node, node.alice);
    bob = new Client(node, node.bob);
  }, 60_000);
  afterEach(async () => {
    await stopped?.resume();
    await node.close();
  });

  const isOurs = (query: string) => query.includes('store_contents') || /FROM contents/i.test(query);
  const refused = { status: 503, body: { error: { reason: 'ERR_DATABASE_UNAVAILABLE' } } };

  it('is 503, whether it reads or stores, and those after it are answered while that session still hangs', async () => {
    const kept = [(await alice.put(randomBytes(1000))).body.cid];
    let asked: Promise<unknown>[] = [];
    const ask = () => (asked = [alice.put(randomBytes(1000)), bob.get('/content/list')]);
    stopped = await stopBackendsAt(node.database.url, 'contents', ask, 2, isOurs);
    expect(await Promise.all(asked)).toMatchObject([refused, refused]);

    // The segment that the session may still have is left to it.
    for (const client of [alice, bob, alice]) {
      const { status, body } = await client.put(randomBytes(1000));
      expect(status).toBe(200);
      kept.push(body.cid);
    }
    expect((await alice.get<unknown[]>('/content/list')).body).toHaveLength(3);
    expect((await bob.get<unknown[]>('/content/list')).body).toHaveLength(1);

    await stopped.resume();
    await node.restart();
    for (const cid of kept) expect(await node.app.get(HotBlocks, { strict: false }).get(CID.parse(cid))).not.toBeNull();
  }, 90_000);
});
