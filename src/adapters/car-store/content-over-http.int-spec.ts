import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { CID } from 'multiformats/cid';
import { HotBlocks } from '../../content/index.js';
import { contentNode, type ContentNode } from './testing/content-app.js';

describe('a first upload', () => {
  let node: ContentNode;
  beforeAll(async () => { node = await contentNode(); }, 60_000);
  afterAll(() => node.close());

  it.each([0, 1, 4096, 1048576, 3 * 1048576 + 17])('of %i bytes can be read back', async (size) => {
    const bytes = randomBytes(size);
    const response = await fetch(`${node.url}/content/add?filename=a.bin`, { method: 'PUT', body: bytes, headers: { authorization: `Bearer ${node.alice.key}` } });
    const answer = await response.json() as { cid: string };
    console.log(answer);
    expect(response.status).toBe(200);
    const root = await node.app.get(HotBlocks, { strict: false }).get(CID.parse(answer.cid));
    expect(root).not.toBeNull();
    if (size <= 1048576) expect(Buffer.from(root!).equals(bytes)).toBe(true);
    console.log(await node.database.query('select * from cars'), await node.database.query('select * from runs'));
  });
});
