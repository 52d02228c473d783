import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { IpfsNodeRegistry } from '../../network/index.js';
import { contentId, pinRequestId, userId } from '../../shared/index.js';
import type { PinRecord } from '../pin.js';
import { PinPresenter } from './pin.presenter.js';

const CID_TEXT = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const DELEGATE = '/ip4/203.0.113.7/tcp/4001/p2p/12D3KooWTest';

const pinOf = (over: Partial<PinRecord> = {}): PinRecord => ({
  requestId: pinRequestId(randomUUID()),
  userId: userId(randomUUID()),
  cid: CID_TEXT,
  cidV1: CID_TEXT,
  name: null,
  origins: [],
  meta: {},
  status: 'queued',
  reason: null,
  progress: null,
  contentId: null,
  leaseNumber: 0,
  failures: 0,
  lookedMs: 0,
  createdAt: new Date('2026-07-27T17:32:28.276Z'),
  ...over,
});
const presenterWith = (...addresses: string[]) =>
  new PinPresenter({ addresses: () => Promise.resolve(addresses) } as unknown as IpfsNodeRegistry);

describe('a pin as the specification writes it', () => {
  it('has no name when none was given, and says nothing of a fetch that has not begun', async () => {
    const pin = pinOf();
    expect(await presenterWith(DELEGATE).one(pin)).toEqual({
      requestid: pin.requestId,
      status: 'queued',
      created: '2026-07-27T17:32:28.276Z',
      pin: { cid: CID_TEXT, origins: [], meta: {} },
      delegates: [DELEGATE],
      info: {},
    });
  });

  it('tells why it failed, and how far it came, in strings', async () => {
    const pin = pinOf({ status: 'failed', reason: 'ERR_X: no', progress: { blocks: 2, bytes: 300, sources: 1 } });
    const { info } = await presenterWith(DELEGATE).one(pin);
    expect(info).toEqual({ status_details: 'ERR_X: no', blocks: '2', bytes: '300', sources: '1' });
  });

  it('has its size and its content once it is pinned, and no word of earlier failures', async () => {
    const pin = pinOf({
      status: 'pinned',
      reason: 'ERR_X: once',
      progress: { blocks: 2, bytes: 300, sources: 1 },
      contentId: contentId(7n),
    });
    const { info } = await presenterWith(DELEGATE).one(pin);
    expect(info).toEqual({ blocks: '2', bytes: '300', sources: '1', dag_size: '300', content: '7' });
  });

  it('names at most twenty delegates, each once', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `/ip4/203.0.113.${n}/tcp/4001`);
    const { results, count } = await presenterWith(DELEGATE, DELEGATE, ...many).page({ count: 9, pins: [pinOf()] });
    expect(count).toBe(9);
    expect(results[0]?.delegates).toHaveLength(20);
    expect(new Set(results[0]?.delegates).size).toBe(20);
  });
});
