import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { PlatformSwitches } from '../domain/platform-switches.js';
import { UsageRegistry } from '../domain/usage-registry.js';
import { AccountStore } from '../ports/account-store.port.js';
import { accountsApp, type AccountsApp } from '../testing/accounts-app.js';
import { QuotaWarnings } from '../verbs/quota-warnings.js';
import { UserPreferences } from '../verbs/user-preferences.js';

const PASSWORD = 'correct horse battery';

describe('the viewer and its settings', () => {
  let database: TestDatabase;
  let accounts: AccountsApp;
  let ann: string;
  let dealMaking = true;
  let bytes = 0;
  const viewer = async () => (await accounts.call('GET', '/viewer', { token: ann })).body;
  const choose = (payload: object) => accounts.call('PUT', '/user/settings', { token: ann, payload });
  const limit = (payload: object) =>
    accounts.call('PUT', '/admin/users/ann/limits', { token: accounts.admin, payload });
  const annId = async () => (await accounts.app.get(AccountStore).userByName('ann'))!.id;

  beforeAll(async () => {
    database = await testDatabase();
    accounts = await accountsApp(database.url, {
      LOGIN_ATTEMPTS_PER_MINUTE: '10000',
      DEALS_REPLICATION: '4',
      DEALS_REPLICATION_CAP: '5',
    });
    accounts.app.get(PlatformSwitches).registerDealMaking(async () => dealMaking);
    accounts.app.get(UsageRegistry).register(async (users) => new Map(users.map((user) => [user, { bytes }])));
    ann = await accounts.register('ann', PASSWORD);
  });
  afterAll(async () => {
    await accounts.app.close();
    await database.drop();
  });

  it('show the fields that the page of Estuary reads, and what is true', async () => {
    expect(await viewer()).toMatchObject({
      username: 'ann',
      perms: 2,
      id: await annId(),
      address: '',
      miners: [],
      auth_expiry: expect.any(String),
      settings: {
        replication: 4,
        verified: false,
        dealDuration: 1_494_720,
        fileStagingThreshold: 1_048_576,
        contentAddingDisabled: false,
        dealMakingDisabled: false,
        uploadEndpoints: [expect.stringMatching(/\/content\/add$/)],
        flags: 0,
      },
    });
    dealMaking = false;
    expect(await viewer()).toMatchObject({ settings: { dealMakingDisabled: true } });
    dealMaking = true;
  });

  it('are chosen within the caps, one by one, and taken back by null', async () => {
    expect(await choose({ replication: 2, duration: 600_000, prefer: 'price' })).toMatchObject({
      status: 200,
      body: { replication: 2, duration: 600_000, verified: null, prefer: 'price' },
    });
    expect(await viewer()).toMatchObject({ settings: { replication: 2, dealDuration: 600_000, prefer: 'price' } });
    const terms = await accounts.app.get(UserPreferences).termsFor({ userId: await annId(), scope: 'user' });
    expect([terms(undefined), terms({ replication: 1 })]).toEqual([
      { replication: 2, duration: 600_000 },
      { replication: 1, duration: 600_000 },
    ]);
    expect(await choose({ replication: null, duration: null })).toMatchObject({
      body: { replication: null, duration: null, prefer: 'price' },
    });
    expect(await viewer()).toMatchObject({ settings: { replication: 4 } });
  });

  it.each([
    ['nothing', {}, 400],
    ['a misspelt name', { replicas: 2 }, 400],
    ['no deals', { replication: 0 }, 400],
    ['half a deal', { replication: 1.5 }, 400],
    ['a duration that no market takes', { duration: 1000 }, 400],
    ['text for a flag', { verified: 'yes' }, 400],
    ['an unknown preference', { prefer: 'beauty' }, 400],
    ['more replication than the account may ask', { replication: 6 }, 403],
    ['DataCap that nobody gave the account', { verified: true }, 403],
  ])('refuse %s', async (_what, payload, status) => {
    const before = await viewer();
    expect(await choose(payload)).toMatchObject({
      status,
      body: { error: { reason: status === 403 ? 'ERR_DEAL_TERMS_ABOVE_CAP' : 'ERR_INVALID_INPUT' } },
    });
    expect(await viewer()).toEqual(before);
  });

  it('say that nothing is taken, from anybody or from one account', async () => {
    const put = (enabled: boolean) =>
      accounts.call('POST', '/admin/cm/contentadding', { token: accounts.admin, payload: { enabled } });
    const disabled = async () =>
      ((await viewer()) as { settings: { contentAddingDisabled: boolean } }).settings.contentAddingDisabled;
    expect((await put(false)).body).toEqual({ enabled: false });
    expect(await disabled()).toBe(true);
    // Another process, and the next start.
    const other = await accountsApp(database.url);
    try {
      const { body } = await other.call('GET', '/admin/cm/contentadding', { token: other.admin });
      expect(body).toEqual({ enabled: false });
    } finally {
      await other.app.close();
    }
    await put(true);
    expect(await disabled()).toBe(false);
    await limit({ contentAddingDisabled: true });
    expect(await disabled()).toBe(true);
    await limit({ contentAddingDisabled: false });
    expect(await disabled()).toBe(false);
  });

  describe('of quotas', () => {
    const events = () =>
      database.query<{ payload: object }>("SELECT payload FROM outbox WHERE name = 'quota.soft-limit' ORDER BY id");

    it('show what is used, where it warns, and where it refuses', async () => {
      expect(await viewer()).toMatchObject({
        quota: { bytes: { used: 0, soft: null, hard: null, warning: false } },
      });
      await limit({ bytesQuota: 1000 });
      bytes = 799;
      expect(await viewer()).toMatchObject({
        usage: { bytes: 799 },
        quota: { bytes: { used: 799, soft: 800, hard: 1000, warning: false }, pins: { hard: null } },
      });
      bytes = 800;
      expect(await viewer()).toMatchObject({ quota: { bytes: { warning: true } } });
    });

    it('announce the soft limit once, and again after there was room', async () => {
      const warnings = accounts.app.get(QuotaWarnings);
      const userId = await annId();
      const warned = async (count: number) => (await events()).length === count;
      const rows = () => database.query('SELECT FROM quota_warnings');
      warnings.note(userId, 799, 1000);
      warnings.note(userId, 850, 1000);
      await until(() => warned(1));
      warnings.note(userId, 900, 1000);
      warnings.note(userId, 100, 1000);
      await until(async () => (await rows()).length === 0);
      warnings.note(userId, 950, 1000);
      await until(() => warned(2));
      expect((await events()).map(({ payload }) => payload)).toEqual([
        { userId, quota: 'bytes', used: 850, soft: 800, hard: 1000 },
        { userId, quota: 'bytes', used: 950, soft: 800, hard: 1000 },
      ]);
    });
  });
});
