import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import { PlayedPlatform, type Status } from './testing/played-platform.js';

/** What an uploader may ask for, and what makes it grow, in the whole platform. */
describe('the terms of a piece', () => {
  let platform: PlayedPlatform;
  let call: PlayedPlatform['call'];
  beforeAll(async () => {
    platform = await PlayedPlatform.start();
    call = platform.call.bind(platform);
  }, 60_000);
  afterAll(() => platform?.stop(), 60_000);

  it('waits readably under a price that nobody takes, goes on when it is raised, and grows for who stores the same again', async () => {
    const bytes = Buffer.from('dear to somebody, and then to somebody else');
    const mine = (await call<{ estuaryId: number }>('alice', 'PUT', '/content/add?replication=2&maxPrice=1', bytes))
      .body.estuaryId;
    const read = async () => (await call<Status>('alice', 'GET', `/content/status/${mine}`)).body;
    await until(async () => ((await read()).pieces[0]?.lastError?.includes('above the cap of') ? true : null), {
      timeoutMs: 20_000,
      intervalMs: 100,
    });
    expect((await call('bob', 'POST', `/content/terms/${mine}`, { maxPrice: '30000000000' })).status).toBe(404);
    expect(await call('alice', 'POST', `/content/terms/${mine}`, { maxPrice: 'much' })).toMatchObject({
      status: 400,
      body: { error: { reason: 'ERR_INVALID_INPUT' } },
    });
    expect(await call('alice', 'POST', `/content/terms/${mine}`, { maxPrice: '30000000000' })).toMatchObject({
      status: 200,
      body: { pieces: [{ maxPrice: '30000000000', replication: 2 }] },
    });
    expect(await call('alice', 'POST', `/content/terms/${mine}`, { maxPrice: '5' })).toMatchObject({
      status: 409,
      body: { error: { reason: 'ERR_TERMS_NOT_RAISED' } },
    });
    expect(
      (
        await until(async () => ((await read()).progress.text === '2 of 2' ? read() : null), {
          timeoutMs: 20_000,
          intervalMs: 100,
        })
      ).pieces[0]?.state,
    ).toBe('replicated');

    expect((await call('bob', 'PUT', '/content/add', bytes)).status).toBe(200);
    const grown = await until(async () => ((await read()).progress.text === '6 of 6' ? read() : null), {
      timeoutMs: 30_000,
      intervalMs: 100,
    });
    expect(grown.pieces).toHaveLength(1);
    expect(new Set(grown.deals.filter(({ deal }) => deal.state === 'active').map(({ deal }) => deal.miner)).size).toBe(
      6,
    );
  }, 90_000);

  it('raises the price of a piece that contents share for the operator alone', async () => {
    const contentId = (await call<{ estuaryId: number }>('alice', 'PUT', '/content/add', Buffer.alloc(1024, 5))).body
      .estuaryId;
    await until(
      async () => (await call<Status>('alice', 'GET', `/content/status/${contentId}`)).body.pieces.length > 0,
      { timeoutMs: 20_000, intervalMs: 100 },
    );
    expect((await call('alice', 'POST', `/content/terms/${contentId}`, { maxPrice: '40000000000' })).status).toBe(409);
    expect(await call('root', 'POST', `/content/terms/${contentId}`, { maxPrice: '40000000000' })).toMatchObject({
      status: 200,
      body: { pieces: [{ maxPrice: '40000000000' }] },
    });
  });

  it('lets an uploader spend no more than the caps of its account, and tells it what they are', async () => {
    const bytes = Buffer.from('whoever stores this wants too much of it');
    const refused = (term: string) => ({
      status: 403,
      body: {
        error: { reason: 'ERR_DEAL_TERMS_ABOVE_CAP', details: expect.stringMatching(`${term} \\w+ \\(at most`) },
      },
    });
    const asked = { verified: 'true', replication: '50', maxPrice: '1'.padEnd(30, '0'), duration: '3680640' };
    for (const [term, value] of Object.entries(asked)) {
      expect(await call('alice', 'PUT', `/content/add?${term}=${value}`, bytes)).toMatchObject(refused(term));
      expect(await call('alice', 'POST', `/content/add-car?${term}=${value}`, bytes)).toMatchObject(refused(term));
    }
    expect((await call<object[]>('alice', 'GET', '/content/list')).body).not.toContainEqual(
      expect.objectContaining({ size: bytes.length }),
    );
    expect(await call('alice', 'GET', '/user/limits')).toMatchObject({
      body: {
        limits: { replicationCap: 6, durationCap: 1_494_720, priceCap: '30000000000', dataCapPerDay: null },
        usage: { spendToday: expect.stringMatching(/^[1-9]\d+$/), dataCapToday: 0 },
      },
    });
    const raised = await call('root', 'PUT', '/admin/users/alice/limits', { replicationCap: 7, spendPerDay: '1' });
    expect(raised).toMatchObject({ status: 200, body: { limits: { replicationCap: 7, spendPerDay: '1' } } });
    expect(await call('alice', 'PUT', '/content/add?replication=7', bytes)).toMatchObject({
      status: 403,
      body: { error: { reason: 'ERR_DEAL_BUDGET_EXCEEDED', details: expect.stringContaining('spendPerDay') } },
    });
    await call('root', 'PUT', '/admin/users/alice/limits', { spendPerDay: null });
    expect((await call('alice', 'PUT', '/content/add?replication=7', bytes)).status).toBe(200);
    await call('root', 'PUT', '/admin/users/alice/limits', { replicationCap: null });
  });

  it('never raises the terms of a piece that contents share because the same bytes are stored again', async () => {
    const shared = Buffer.from('one small file of many in a segment');
    const first = (await call<{ estuaryId: number }>('alice', 'PUT', '/content/add', shared)).body.estuaryId;
    const pieceOf = async () =>
      (
        await call<Status & { pieces: { replication: number; maxPrice: string }[] }>(
          'alice',
          'GET',
          `/content/status/${first}`,
        )
      ).body.pieces[0];
    const before = await until(async () => (await pieceOf()) ?? null, { timeoutMs: 20_000, intervalMs: 100 });
    for (const user of ['alice', 'bob'] as const) {
      await call('root', 'PUT', `/admin/users/${user}/limits`, { replicationCap: 9 });
      expect((await call(user, 'PUT', '/content/add?replication=9&maxPrice=30000000000', shared)).status).toBe(200);
      await call('root', 'PUT', `/admin/users/${user}/limits`, { replicationCap: null });
    }
    await until(
      async () =>
        (
          await platform.database.query(
            "SELECT 1 FROM outbox WHERE name = 'content.stored' AND array_length(pending, 1) > 0",
          )
        ).length === 0
          ? true
          : null,
      { timeoutMs: 20_000, intervalMs: 100 },
    );
    expect(await pieceOf()).toMatchObject({ replication: before.replication, maxPrice: before.maxPrice });
    expect(before.replication).toBe(6);
  }, 60_000);
});
