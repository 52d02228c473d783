import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import type { Retrievals } from '../../retrieval/index.js';
import { rawBlock } from '../../retrieval/testing/dag-builder.js';
import { retrievalId, type RetrievalId } from '../../shared/index.js';
import type { DagStore, StoredDag } from '../../storage/index.js';
import { InMemoryHotBlocks } from '../../storage/testing/in-memory-hot-blocks.js';
import { GatewayMemory } from '../domain/request-blocks.js';
import { TEST_LIMITS } from '../testing/memory-blocks.js';
import { OpenBlocks } from './open-blocks.js';

const id = retrievalId('00000000-0000-7000-8000-000000000009');

/** A retrieval that is asked for, and is over when the test says so. */
class OneRetrieval implements Pick<Retrievals, 'request' | 'isStored'> {
  requests = 0;
  questions = 0;
  outcome: () => Promise<boolean> = () => Promise.resolve(false);

  request(): Promise<RetrievalId> {
    this.requests++;
    return Promise.resolve(id);
  }

  isStored(): Promise<boolean> {
    this.questions++;
    return this.outcome();
  }
}

describe('blocks for a request', () => {
  const block = rawBlock(randomBytes(100));
  const memory = new GatewayMemory(TEST_LIMITS);
  let hot: InMemoryHotBlocks;
  let retrieval: OneRetrieval;
  let clock: TestClock;
  let dag: Pick<StoredDag, 'hot'> | null;
  let openBlocks: OpenBlocks;

  beforeEach(() => {
    hot = new InMemoryHotBlocks();
    retrieval = new OneRetrieval();
    clock = new TestClock();
    dag = { hot: false };
    openBlocks = new OpenBlocks(
      hot,
      { find: () => Promise.resolve(dag) } as unknown as DagStore,
      retrieval as unknown as Retrievals,
      clock,
      AppConfig.parse({ DATABASE_URL: 'postgres://nowhere', GATEWAY_WAIT_SECONDS: '10' }),
      memory,
    );
  });
  const open = (onlyCached = false, signal = new AbortController().signal) =>
    openBlocks.run(block.cid, memory.readers.open(), signal, onlyCached);

  it('come from this node without any question', async () => {
    hot.hold(block.cid, block.bytes);
    expect(await open().get(block.cid)).toEqual(block.bytes);
    expect([retrieval.requests, retrieval.questions]).toEqual([0, 0]);
  });

  it('are awaited while a retrieval runs, which is asked for once', async () => {
    const blocks = open();
    retrieval.outcome = () => {
      if (retrieval.questions === 3) hot.hold(block.cid, block.bytes);
      return Promise.resolve(false);
    };
    expect(await Promise.all([blocks.get(block.cid), blocks.get(block.cid)])).toEqual([block.bytes, block.bytes]);
    expect(retrieval.requests).toBe(1);
  });

  it('ask for the state of the retrieval no more often than five times a second, for all readers together', async () => {
    const waiting = Array.from({ length: 10 }, () => open().get(block.cid));
    await Promise.allSettled(waiting);
    const seconds = (clock.monotonicMs() - new TestClock().monotonicMs()) / 1000;
    expect(retrieval.questions).toBeLessThanOrEqual(5 * seconds + 1);
  });

  it('that do not come in time end in 504 with the id to look at', async () => {
    await expect(open().get(block.cid)).rejects.toMatchObject({
      code: 'ERR_RETRIEVAL_PENDING',
      status: 504,
      details: { cid: block.cid.toString(), retrievalId: id },
    });
  });

  it('are waited for no longer when the time of day is set back meanwhile', async () => {
    const hands = jest.spyOn(clock, 'now');
    const begun = clock.monotonicMs();
    let slept = 0;
    retrieval.outcome = () => {
      hands.mockReturnValue(new Date(begun - 3_600_000));
      return Promise.resolve(false);
    };
    jest.spyOn(clock, 'monotonicMs').mockImplementation(() => begun + slept);
    jest.spyOn(clock, 'sleep').mockImplementation((ms) => {
      slept += ms;
      return Promise.resolve();
    });
    await expect(open().get(block.cid)).rejects.toMatchObject({ code: 'ERR_RETRIEVAL_PENDING' });
    expect(slept).toBeLessThan(11_000);
  });

  it('end with the failure of the retrieval', async () => {
    retrieval.outcome = () => Promise.reject(new Error('no miner gives it'));
    await expect(open().get(block.cid)).rejects.toThrow('no miner gives it');
  });

  it('that did not come back with the rest are not here', async () => {
    retrieval.outcome = () => Promise.resolve(true);
    await expect(open().get(block.cid)).rejects.toMatchObject({ status: 404 });
  });

  it('of a DAG that is hot, or was never here, are not waited for', async () => {
    for (const state of [{ hot: true }, null]) {
      dag = state;
      await expect(open().get(block.cid)).rejects.toMatchObject({ code: 'ERR_CONTENT_NOT_FOUND' });
    }
    expect(retrieval.requests).toBe(0);
  });

  it('are not fetched for who wants them only from here', async () => {
    await expect(open(true).get(block.cid)).rejects.toMatchObject({ status: 412 });
    expect(retrieval.requests).toBe(0);
  });

  it('are not waited for when the reader has gone', async () => {
    const gone = AbortSignal.abort(new Error('the reader went away'));
    await expect(open(false, gone).get(block.cid)).rejects.toThrow('the reader went away');
  });
});
