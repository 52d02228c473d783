import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import type { NodeFaults } from '../../deals/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { SystemClock, userId } from '../../shared/index.js';
import { InMemoryDagStore } from '../../storage/testing/in-memory-dag-store.js';
import { FetchFailed } from '../domain/retrieval.errors.js';
import type { Retrieval } from '../domain/retrieval.js';
import { PostgresRetrievalStore } from '../store/postgres-retrieval.store.js';
import { buildDag } from '../testing/dag-builder.js';
import { NoNodeRetriever, ScriptedHolders, ToldFaults } from '../testing/scripted-holders.js';
import { ScriptedMinerFetcher } from '../testing/scripted-miner-fetcher.js';
import type { HolderDirectory } from './holder-directory.js';
import { RetrievalCoordinator } from './retrieval-coordinator.js';
import { RetrieveDagFromMiner } from './retrieve-dag-from-miner.js';

const clock = new SystemClock();
const MINERS = ['t041', 't042'];

describe('a retrieval that our own node or disk cannot do', () => {
  let database: TestDatabase;
  let rows: Database;
  let folder: string;
  let store: PostgresRetrievalStore;
  let node: NoNodeRetriever;
  let faults: ToldFaults;
  let dags: InMemoryDagStore;

  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'own-faults-'));
    [node, faults, dags] = [new NoNodeRetriever(), new ToldFaults(), new InMemoryDagStore()];
  });
  afterEach(async () => {
    await rows.$disconnect();
    await rm(folder, { recursive: true });
  });
  afterAll(() => database.drop());

  /** Neither miner answers over HTTP: both are left to our node. */
  async function retrieve(disk: 'full' | null = null): Promise<Retrieval> {
    const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent', TIDEWATER_DATA: folder });
    rows = new Database(config);
    store = new PostgresRetrievalStore(rows, new Outbox(), clock);
    const dag = await buildDag(randomBytes(5_000));
    const intake = await dags.begin('pin');
    for (const { cid, bytes } of dag.blocks) await intake.put(cid, bytes);
    const user = userId('00000000-0000-7000-8000-000000000001');
    const cid = dag.root.toString();
    await intake.commit(dag.root, { userId: user, cid, name: 'a', type: 'file', profile: 'car' });
    dags.offload(dag.root);
    if (disk === 'full') dags.failing = 'disk-full';
    const holders = new ScriptedHolders();
    holders.offer(cid, MINERS);
    const fetcher = new ScriptedMinerFetcher();
    for (const miner of MINERS) fetcher.script(`http://${miner}`, { does: 'fail', reason: 'timeout' });
    const coordinator = new RetrievalCoordinator(
      store,
      holders as unknown as HolderDirectory,
      fetcher,
      node,
      config,
      faults as unknown as NodeFaults,
    );
    const logger = new AppLogger({ level: 'silent', process: 'test' });
    const { id } = await store.request(cid);
    const work = new RetrieveDagFromMiner(store, dags, coordinator, config, clock, logger);
    await work.run(id, new AbortController().signal);
    const retrieval = await store.find(id);
    if (retrieval === null) throw new Error('the retrieval is gone');
    return retrieval;
  }

  async function expectNobodyCharged(retrieval: Retrieval): Promise<void> {
    const sent = await database.query<{ miner: string | null }>(
      `SELECT payload->>'miner' AS miner FROM outbox WHERE name = 'retrieval.attempted' AND payload->>'retrievalId' = $1 ORDER BY id`,
      [retrieval.id],
    );
    // Each was silent over HTTP, which is its own doing.
    expect(sent.map(({ miner }) => miner)).toEqual([...MINERS, null]);
    await database.query('DELETE FROM retrievals WHERE id <> $1', [retrieval.id]);
    expect(Object.fromEntries(await store.recentFailures(MINERS, 60_000))).toEqual({ t041: 1, t042: 1 });
  }

  it.each(['token-refused', 'node-unavailable', 'wallet-funds', 'wallet-locked', 'protocol-unsupported'] as const)(
    'names it, charges no miner, and does not ask the node for the next one: %s',
    async (fault) => {
      node.failure = new FetchFailed('node-fault', 'scripted', undefined, fault);
      const retrieval = await retrieve();
      expect(retrieval).toMatchObject({ state: 'failed', live: false });
      expect(retrieval.reasons.at(-1)).toMatchObject({ source: 'lotus', reason: 'node-fault', fault });
      expect(node.requests).toHaveLength(1);
      expect(faults.told).toEqual([`${fault} at retrieve`]);
      await expectNobodyCharged(retrieval);
    },
  );

  it('ends by name where the node says that it wrote a file which is not there', async () => {
    node.failure = null;
    const retrieval = await retrieve();
    expect(retrieval.reasons.at(-1)).toMatchObject({ reason: 'node-fault', fault: 'file-not-visible' });
    expect(faults.told).toEqual(['file-not-visible at retrieve']);
    await expectNobodyCharged(retrieval);
  });

  it('ends by name where our own disk refuses a folder', async () => {
    await writeFile(path.join(folder, 'retrieval'), 'a file where the folder should be');
    const retrieval = await retrieve();
    expect(retrieval.reasons.at(-1)).toMatchObject({ reason: 'node-fault', fault: 'disk-failing' });
    expect(node.requests).toHaveLength(0);
    await expectNobodyCharged(retrieval);
  });

  it('ends by name where our disk is full, before anybody is asked', async () => {
    const retrieval = await retrieve('full');
    expect(retrieval).toMatchObject({ state: 'failed', reasons: [{ source: 'store', reason: 'ERR_DISK_FULL' }] });
    expect(faults.told).toEqual(['disk-full at retrieve']);
  });
});
