import { describe, expect, it } from '@jest/globals';
import type { ProviderRecord } from '../domain/provider-record.js';
import { announcementsQuery, reprovideBody } from './network.dto.js';
import { presentIpfs, presentPage, presentRecord } from './network.presenter.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const before = (ms: number) => new Date(NOW.getTime() - ms);
const record = (id: string): ProviderRecord => ({
  id,
  root: 'bafy',
  state: 'held',
  node: 'us',
  providedSince: before(1_000),
  announcedAt: null,
  routing: [],
  dueAt: null,
  failures: 0,
  lastError: null,
});
const node = (peerId: string, seenMsAgo: number) => ({
  kind: 'helia',
  agent: 'tidewater',
  peerId,
  addresses: [],
  peers: 3,
  routing: ['dht'],
  seenAt: before(seenMsAgo),
});
const none = { byState: { pending: 0, held: 0, announced: 0, withdrawing: 0 }, failing: 0, oldestOverdue: null };

describe('provider records as the API shows them', () => {
  it('bear the names of the API', () => {
    expect(presentRecord(record('7'))).toEqual({
      id: 7,
      cid: 'bafy',
      state: 'held',
      node: 'us',
      heldSince: '2026-01-01T11:59:59.000Z',
      announcedAt: null,
      routing: [],
      nextAt: null,
      failures: 0,
      lastError: null,
    });
  });

  it('have a next page while this one is full', () => {
    expect(presentPage([record('9'), record('8')], 5, 2)).toMatchObject({ count: 5, next: 8 });
    expect(presentPage([record('9')], 1, 2)).toMatchObject({ count: 1, next: null });
    expect(presentPage([], 0, 2)).toMatchObject({ announcements: [], next: null });
  });
});

describe('our node as the API shows it', () => {
  it('is the one that was seen last, up while that is not long ago', () => {
    expect(presentIpfs([node('a', 89_000), node('b', 91_000)], none, NOW)).toMatchObject({
      node: { peerId: 'a', up: true, seenAt: '2026-01-01T11:58:31.000Z' },
      others: [{ peerId: 'b', up: false }],
    });
    expect(presentIpfs([], none, NOW)).toMatchObject({ node: null, others: [], oldestOverdue: null });
  });

  it('says how late it is', () => {
    const late = { ...none, oldestOverdue: { root: 'bafy', dueAt: before(61_400) } };
    expect(presentIpfs([], late, NOW)).toMatchObject({ oldestOverdue: { cid: 'bafy', seconds: 61 } });
  });
});

describe('questions about provider records', () => {
  it('are read with their defaults, and a CID in any version becomes CIDv1', () => {
    expect(announcementsQuery.parse({})).toEqual({ limit: 100 });
    const v0 = 'QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn';
    expect(announcementsQuery.parse({ cid: ` ${v0} `, failing: 'false', limit: '7', before: '12' })).toEqual({
      cid: 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354',
      failing: false,
      limit: 7,
      before: 12n,
    });
  });

  it('ask for nothing that is not known', () => {
    expect(reprovideBody.safeParse({ cids: [], more: 1 }).success).toBe(false);
    expect(reprovideBody.safeParse({ other: 1 }).success).toBe(false);
    expect(reprovideBody.parse({})).toEqual({});
  });
});
