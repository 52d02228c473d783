import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import { PlayedPlatform, type Status } from './testing/played-platform.js';

describe('the deals room in the whole platform', () => {
  let platform: PlayedPlatform;
  let call: PlayedPlatform['call'];
  beforeAll(async () => {
    platform = await PlayedPlatform.start();
    call = platform.call.bind(platform);
  }, 60_000);
  afterAll(() => platform?.stop(), 60_000);

  let contentId = 0;
  let cid = '';
  let status: Status;

  it('takes an upload to six active deals with six miners, past one that refuses and one that fails', async () => {
    const uploaded = await call<{ estuaryId: number; cid: string }>(
      'alice',
      'PUT',
      '/content/add?filename=a.bin',
      Buffer.alloc(1024, 7),
    );
    expect(uploaded.status).toBe(200);
    ({ estuaryId: contentId, cid } = uploaded.body);
    status = await until(
      async () => {
        const { body } = await call<Status>('alice', 'GET', `/content/status/${contentId}`);
        return body.progress.active === 6 && body.pieces[0]?.state === 'replicated' ? body : null;
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    const active = status.deals.filter(({ deal }) => deal.state === 'active');
    expect(new Set(active.map(({ deal }) => deal.miner)).size).toBe(6);
    expect(active[0]).toMatchObject({
      transfer: { status: 'Completed', sent: status.pieces[0]?.carBytes },
      onChainState: { slashEpoch: -1 },
    });
    expect(status).toMatchObject({
      content: { state: 'stored' },
      pieces: [{ state: 'replicated', pieceCid: expect.stringMatching(/^baga6ea4sea/) }],
      progress: { text: '6 of 6' },
    });
  }, 60_000);

  it('shows a deal by each of its names, its receipts with dates and cost, and its timeline', async () => {
    const { id, propCid, dealId } = status.deals.find(({ deal }) => deal.state === 'active')!.deal;
    for (const url of [`/deals/status/${id}`, `/deals/status-by-proposal/${propCid}`, `/deals/by-chain-id/${dealId}`]) {
      expect(await call('alice', 'GET', url)).toMatchObject({ status: 200, body: { deal: { id, state: 'active' } } });
    }
    expect((await call<Status[]>('alice', 'GET', `/deals/by-cid/${cid}`)).body[0]?.deals.length).toBe(
      status.deals.length,
    );
    const dated = {
      startAt: expect.stringMatching(/^\d{4}-/),
      endAt: expect.stringMatching(/^\d{4}-/),
      totalCost: expect.stringMatching(/^\d+$/),
      totalCostFil: expect.any(String),
    };
    expect((await call('alice', 'GET', `/deals/proposal/${propCid}`)).body).toMatchObject({
      proposalCid: propCid,
      miner: expect.stringMatching(/^t0/),
      ...dated,
    });
    expect((await call('alice', 'GET', `/deals/info/${dealId}`)).body).toMatchObject({
      dealId,
      Proposal: { PieceCID: { '/': status.pieces[0]?.pieceCid } },
      State: { SlashEpoch: -1 },
      ...dated,
    });
    const timeline = (await call<{ to: string; cause: string }[]>('alice', 'GET', `/deals/${id}/timeline`)).body;
    expect(timeline.map(({ to }) => to)).toEqual([
      'queued',
      'proposed',
      'accepted',
      'transferring',
      'published',
      'active',
    ]);
    expect(timeline.every(({ cause }) => cause !== '')).toBe(true);
  });

  it('shows failures with phase and typed reason to their owner only', async () => {
    const mine = (await call<{ phase: string; reason: string }[]>('alice', 'GET', '/deals/failures')).body;
    const ofContent = (await call<object[]>('alice', 'GET', `/content/failures/${contentId}`)).body;
    expect(ofContent).toHaveLength(mine.length);
    for (const { phase, reason } of mine)
      expect(`${phase}/${reason}`).toMatch(/^(propose\/refused-policy|data-transfer\/transfer-failed)$/);
    expect((await call<object[]>('bob', 'GET', '/deals/failures')).body).toEqual([]);
  });

  it("hides a stranger's deals behind the 404 of deals that do not exist", async () => {
    const { id, propCid, dealId } = status.deals[0]!.deal;
    for (const url of [
      `/deals/status/${id}`,
      `/deals/status-by-proposal/${propCid}`,
      `/deals/by-chain-id/${dealId || 1000}`,
      `/deals/proposal/${propCid}`,
      `/deals/info/${dealId || 1000}`,
      `/deals/${id}/timeline`,
      `/content/status/${contentId}`,
      `/content/failures/${contentId}`,
    ]) {
      for (const who of ['bob', 'weak'] as const)
        expect([who, url, (await call(who, 'GET', url)).status]).toEqual([who, url, 404]);
    }
    for (const who of ['bob', 'weak'] as const)
      expect((await call<object[]>(who, 'GET', `/deals/by-cid/${cid}`)).body).toEqual([]);
    expect((await call('root', 'GET', `/deals/status/${id}`)).status).toBe(200);
    expect(JSON.stringify((await call(null, 'GET', `/public/by-cid/${cid}`)).body)).not.toContain('userId');
  });

  it('tells the public where a CID is stored, and answers nonsense with 400 and unknown CIDs with nothing', async () => {
    const { body } = await call<{ deals: { dealId: number }[] }[]>(null, 'GET', `/public/by-cid/${cid}`);
    expect(body[0]?.deals).toHaveLength(6);
    expect((await call(null, 'GET', '/public/by-cid/nonsense')).status).toBe(400);
    expect(
      (await call(null, 'GET', '/public/by-cid/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')).body,
    ).toEqual([]);
  });

  it('estimates by the asks of miners that it would take', async () => {
    const { status: code, body } = await call<{ totalAttoFil: string; Asks: { cost: string }[] }>(
      'alice',
      'POST',
      '/deals/estimate',
      { size: 1_000_000, replication: 3, durationBlks: 1000, verified: false },
    );
    expect(code).toBe(200);
    expect(body.Asks).toHaveLength(3);
    // floor(1e9 * 2^20 / 2^30) per epoch, 1000 epochs, three miners.
    expect(body.totalAttoFil).toBe(String(976_562n * 1000n * 3n));
    expect((await call('alice', 'POST', '/deals/estimate', { size: 0 })).status).toBe(400);
  });

  it('keeps the deal making switch, and shows progress, to admins only', async () => {
    expect((await call('alice', 'POST', '/admin/cm/dealmaking', { enabled: false })).status).toBe(403);
    expect((await call('root', 'POST', '/admin/cm/dealmaking', { enabled: false })).body).toEqual({ enabled: false });
    expect((await call('root', 'GET', '/admin/cm/progress')).body).toMatchObject({
      dealMakingEnabled: false,
      deals: { active: 6 },
      pieces: { replicated: 1 },
    });
    const later = (
      await call<{ estuaryId: number }>('alice', 'PUT', '/content/add?filename=b.bin', Buffer.alloc(2048, 9))
    ).body.estuaryId;
    expect((await call('root', 'POST', `/admin/cm/offload/${later}`)).body).toMatchObject({
      error: { code: 409, reason: 'ERR_NOT_ENOUGH_SEALED_DEALS' },
    });
    await call('root', 'POST', '/admin/cm/dealmaking', { enabled: true });
    await until(
      async () =>
        (await call<Status>('alice', 'GET', `/content/status/${later}`)).body.progress.active === 6 ? true : null,
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    expect((await call<object[]>('alice', 'GET', '/content/deals')).body).toHaveLength(2);
  }, 60_000);

  it('replaces a slashed deal with another miner, and says what happened', async () => {
    const lost = status.deals.find(({ deal }) => deal.state === 'active')!.deal;
    platform.chain.putDeal({ chainDealId: BigInt(lost.dealId), slashEpoch: platform.chain.height });
    await platform.database.query('UPDATE deals SET next_check_at = now()');
    const repaired = await until(
      async () => {
        const { body } = await call<Status>('alice', 'GET', `/content/status/${contentId}`);
        return body.deals.some(({ deal }) => deal.state === 'slashed') && body.progress.active === 6 ? body : null;
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    const active = repaired.deals.filter(({ deal }) => deal.state === 'active').map(({ deal }) => deal.miner);
    expect(active).not.toContain(lost.miner);
    expect(
      (await call<{ to: string; epoch: number }[]>('alice', 'GET', `/deals/${lost.id}/timeline`)).body.at(-1),
    ).toMatchObject({ to: 'slashed', cause: expect.stringContaining('slashed at epoch') });
  }, 60_000);

  it('offloads what is sealed, after a look that changes nothing', async () => {
    expect((await call<object[]>('root', 'GET', '/admin/cm/offload/candidates')).body.length).toBeGreaterThan(0);
    expect((await call('root', 'POST', `/admin/cm/offload/${contentId}?execute=false`)).body).toMatchObject({
      executed: false,
      freedBytes: expect.any(Number),
      pieces: [{ sealed: 6, wanted: 6 }],
    });
    expect((await call<Status>('alice', 'GET', `/content/status/${contentId}`)).body.content.state).toBe('stored');
    const { freedBytes, pendingBytes } = (
      await call<{ freedBytes: number; pendingBytes: number }>(
        'root',
        'POST',
        `/admin/cm/offload/${contentId}?execute=false`,
      )
    ).body;
    expect(freedBytes + pendingBytes).toBeGreaterThan(0);
    expect(await call('root', 'POST', `/admin/cm/offload/${contentId}`)).toMatchObject({
      status: 200,
      body: { executed: true, freedBytes, pendingBytes },
    });
    expect((await call<Status>('alice', 'GET', `/content/status/${contentId}`)).body.content.state).toBe('offloaded');
    expect((await call('alice', 'POST', `/admin/cm/offload/${contentId}`)).status).toBe(403);
  });
});
