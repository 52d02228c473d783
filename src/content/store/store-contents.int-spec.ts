import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { carSealed } from '../../storage/index.js';
import { contentStored } from '../domain/content.events.js';
import { contentNode, type ContentNode } from '../testing/content-app.js';
import { Client } from '../testing/uploads.js';

describe('the events that the decisive transaction writes', () => {
  let node: ContentNode;
  beforeAll(async () => {
    node = await contentNode();
  }, 60_000);
  afterAll(async () => {
    await node.close();
  });

  const payloads = async (name: string): Promise<unknown[]> =>
    (
      await node.database.query<{ payload: unknown }>('SELECT payload FROM outbox WHERE name = $1 ORDER BY id', [name])
    ).map(({ payload }) => payload);
  /** What the definition makes of a payload is the payload: nothing is missing, nothing is called otherwise. */
  const expectDefined = (schema: z.ZodType, found: unknown[]): void => {
    expect(found.length).toBeGreaterThan(0);
    for (const payload of found) expect(schema.parse(payload)).toEqual(payload);
  };

  it('are what their definitions say: contents that share a segment, and CARs that are sealed at once', async () => {
    const alice = new Client(node, node.alice);
    await Promise.all([alice.put(randomBytes(100)), alice.put(randomBytes(200))]);
    const large = await alice.put(randomBytes(2 * 1024 * 1024));
    const asked = await alice.put(randomBytes(300), '?replication=3');
    expect([large.status, asked.status]).toEqual([200, 200]);
    expectDefined(contentStored.payload, await payloads(contentStored.name));
    expectDefined(carSealed.payload, await payloads(carSealed.name));
    expect(await payloads(carSealed.name)).toMatchObject([
      { kind: 'single', terms: null, userId: node.alice.id },
      { kind: 'single', terms: { replication: 3 }, userId: node.alice.id },
    ]);
  });
});
