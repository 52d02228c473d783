import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { CID } from 'multiformats/cid';
import { AppConfig } from '../config/index.js';
import { CarFiles, DagStore, HotBlocks } from '../storage/index.js';
import { InMemoryDagStore } from '../storage/testing/in-memory-dag-store.js';
import { NodeFaults, PieceHasher, type PieceHashing, type WantedPiece } from '../deals/index.js';
import { EventSubscribers, Outbox } from '../platform/outbox/index.js';
import { PlatformModule } from '../platform/platform.module.js';
import { Database } from '../platform/prisma/index.js';
import { carId, minerId, type RetrievalId, userId } from '../shared/index.js';
import { testDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { TestClock } from '../../test/support/test-clock.js';
import { until } from '../../test/support/until.js';
import { MinerFetcher, NodeRetriever, RetrievalModule, Retrievals } from './index.js';
import { RetrievalSubscriptions } from './jobs/retrieval.subscriptions.js';
import { PostgresRetrievalStore } from './store/postgres-retrieval.store.js';
import { buildDag, type BuiltDag, carOf, sectionOf } from './testing/dag-builder.js';
import { holder, NoNodeRetriever, ScriptedHolders, ToldFaults } from './testing/scripted-holders.js';
import { ScriptedMinerFetcher } from './testing/scripted-miner-fetcher.js';
import { HolderDirectory } from './verbs/holder-directory.js';
import { RestoreColdDag } from './verbs/restore-cold-dag.js';
import { RetrievalCoordinator } from './verbs/retrieval-coordinator.js';
import { RetrieveDagFromMiner } from './verbs/retrieve-dag-from-miner.js';
import { RetrievePiece } from './verbs/retrieve-piece.js';

const dags = new InMemoryDagStore();
const holders = new ScriptedHolders();
const node = new NoNodeRetriever();
let fetcher = new ScriptedMinerFetcher();

/** Delegates, so that every test has miners of its own. */
class TodaysMiners extends MinerFetcher {
  car(...args: Parameters<MinerFetcher['car']>) {
    return fetcher.car(...args);
  }
  piece(...[url, pieceCid, range]: Parameters<MinerFetcher['piece']>) {
    return fetcher.piece(url, pieceCid, range);
  }
}

/** commP stands in: any fingerprint of the whole will do. */
class FingerprintHasher extends PieceHasher {
  start(): PieceHashing {
    const hash = createHash('sha256');
    return {
      write: async (bytes) => void hash.update(bytes),
      digest: async () => ({ pieceCid: `baga-${hash.digest('hex')}`, pieceSize: 1024n }),
      abandon: () => undefined,
    };
  }
}

class OneFolder extends CarFiles {
  readonly back = new Map<string, Uint8Array>();
  localPathOf(): string {
    throw new Error('nobody imports here');
  }
  async *read(): AsyncGenerator<Uint8Array> {}
  sizeOf(id: string): Promise<number | null> {
    return Promise.resolve(this.back.get(id)?.length ?? null);
  }
  async putBack(id: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks = [];
    for await (const chunk of bytes) chunks.push(chunk);
    this.back.set(id, Buffer.concat(chunks));
  }
}

const files = new OneFolder();
const ports = [
  { provide: DagStore, useValue: dags },
  { provide: HotBlocks, useValue: dags.hotBlocks },
  { provide: MinerFetcher, useValue: new TodaysMiners() },
  { provide: HolderDirectory, useValue: holders },
  { provide: NodeRetriever, useValue: node },
  { provide: NodeFaults, useValue: new ToldFaults() },
  { provide: PieceHasher, useValue: new FingerprintHasher() },
  { provide: CarFiles, useValue: files },
];

@Global()
@Module({ providers: ports, exports: ports.map(({ provide }) => provide) })
class PortsModule {}

let database: TestDatabase;
let folder: string;
let room: TestingModule;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'retrieval-'));
  const config = AppConfig.parse({ DATABASE_URL: database.url, LOG_LEVEL: 'silent', TIDEWATER_DATA: folder });
  room = await Test.createTestingModule({
    imports: [PlatformModule.forRoot({ process: 'worker', config }), PortsModule, RetrievalModule],
    providers: [RetrievalCoordinator, RetrieveDagFromMiner, RetrievePiece, RestoreColdDag],
  }).compile();
});
afterAll(async () => {
  await room.close();
  await database.drop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  fetcher = new ScriptedMinerFetcher();
});

async function offloaded(size = 30_000): Promise<BuiltDag> {
  const dag = await buildDag(randomBytes(size));
  const intake = await dags.begin('pin');
  for (const { cid, bytes } of dag.blocks) await intake.put(cid, bytes);
  await intake.commit(dag.root, {
    userId: userId('00000000-0000-7000-8000-000000000001'),
    cid: dag.root.toString(),
    name: 'a',
    type: 'file',
    profile: 'car',
  });
  dags.offload(dag.root);
  fetcher.holds(dag);
  return dag;
}

const request = (dag: BuiltDag) => room.get(Retrievals).request(dag.root);
const work = (id: RetrievalId) => room.get(RetrieveDagFromMiner).run(id, new AbortController().signal);
async function retrieve(dag: BuiltDag) {
  const id = await request(dag);
  await work(id);
  return room.get(Retrievals).byId(id);
}
const events = (name: string, id: string) =>
  database.query<{ payload: Record<string, unknown> }>(
    `select payload from outbox where name = $1 and payload->>'retrievalId' = $2 order by id`,
    [name, id],
  );

describe('asking for a DAG', () => {
  it("is due at once, also when the clock of whoever asks is ahead of the worker's", async () => {
    const storeAt = (ms: number) =>
      new PostgresRetrievalStore(
        room.get(Database),
        room.get(Outbox),
        new TestClock({ at: new Date(Date.now() + ms) }),
      );
    const { id } = await storeAt(3_600_000).request('a root that is asked for by an early clock');
    expect(await storeAt(0).claim(id, 1_000)).toMatchObject({ id });
    await database.query('DELETE FROM retrievals WHERE id = $1', [id]);
  });

  it('makes one retrieval, however many ask at once', async () => {
    const dag = await offloaded();
    const ids = await Promise.all(Array.from({ length: 50 }, () => request(dag)));
    expect(new Set(ids).size).toBe(1);
    expect(
      await database.query('select count(*)::int as n from retrievals where root = $1', [dag.root.toString()]),
    ).toEqual([{ n: 1 }]);
  });

  it('the database itself refuses a second live one', async () => {
    const dag = await offloaded();
    await request(dag);
    await expect(
      database.query('insert into retrievals (id, root) values (gen_random_uuid(), $1)', [dag.root.toString()]),
    ).rejects.toThrow(/retrievals_live_root_key/);
  });

  it('comes by itself when its bytes on this node are damaged; for what nobody wants any more nothing does', async () => {
    const subscribers = new EventSubscribers();
    new RetrievalSubscriptions(subscribers, room.get(Retrievals)).onModuleInit();
    const [subscription] = subscribers.of('dag.damaged');
    const hear = async (root: CID) =>
      subscription!.handle(
        [{ id: '1', at: new Date(), payload: { root: root.toString(), cause: 'a bit flipped' } }],
        new AbortController().signal,
      );
    const dag = await offloaded();
    await hear(dag.root);
    await hear(dag.root);
    expect(await database.query('select state from retrievals where root = $1', [dag.root.toString()])).toEqual([
      { state: 'requested' },
    ]);
    await expect(hear((await buildDag(randomBytes(5))).root)).resolves.toBeUndefined();
  });

  it('is refused for a root that was never stored', async () => {
    await expect(room.get(Retrievals).request((await buildDag(randomBytes(5))).root)).rejects.toMatchObject({
      code: 'ERR_CONTENT_NOT_FOUND',
    });
  });
});

describe('a pin of what only miners hold', () => {
  const restore = (dag: BuiltDag, signal = new AbortController().signal) =>
    room.get(RestoreColdDag).restore(dag.root, signal);
  /** The worker comes to it while somebody waits. */
  async function workOn(dag: BuiltDag): Promise<void> {
    const store = room.get(PostgresRetrievalStore);
    const { id } = await until(async () => {
      const latest = await store.latest(dag.root.toString());
      return latest?.live ? latest : null;
    });
    return work(id);
  }

  it('waits until the DAG is back, together with all others that wait', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t0901']);
    const running = await request(dag);
    const [first, second] = await Promise.all([restore(dag), restore(dag), workOn(dag)]);
    expect([first, second]).toEqual([true, true]);
    expect((await room.get(PostgresRetrievalStore).latest(dag.root.toString()))?.id).toBe(running);
    expect((await dags.find(dag.root))?.hot).toBe(true);
    expect(await restore(dag)).toBe(true);
  });

  it('is told that there is no copy, when none was ever stored or no miner holds it', async () => {
    expect(await restore(await buildDag(randomBytes(50)))).toBe(false);
    const dag = await offloaded();
    const [restored] = await Promise.all([restore(dag), workOn(dag)]);
    expect(restored).toBe(false);
  });

  it('fails with the reasons of the miners that do not give it', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t0901']);
    fetcher.script('http://t0901', { does: 'lie', after: 1 });
    const waiting = restore(dag);
    await Promise.all([
      expect(waiting).rejects.toMatchObject({
        code: 'ERR_RETRIEVAL_FAILED',
        details: {
          reasons: expect.arrayContaining([expect.objectContaining({ miner: 't0901', reason: 'wrong-bytes' })]),
        },
      }),
      workOn(dag),
    ]);
  });

  it('can be given up; the retrieval goes on', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t0901']);
    const giveUp = new AbortController();
    const waiting = restore(dag, giveUp.signal);
    setTimeout(() => giveUp.abort(new Error('the pin was removed')), 50);
    await expect(waiting).rejects.toThrow('the pin was removed');
    await workOn(dag);
    expect((await dags.find(dag.root))?.hot).toBe(true);
  });
});

describe('a retrieval', () => {
  it('takes the first miner that is honest, names why the others were not, and tells it all', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t01', 't02', 't03', 't04', 't05']);
    fetcher
      .script('http://t01', { does: 'fail', reason: 'unreachable' })
      .script('http://t02', { does: 'lie', after: 3 })
      .script('http://t03', { does: 'cut', after: 9 });
    const { retrieval, transitions } = await retrieve(dag);
    expect(retrieval).toMatchObject({
      state: 'stored',
      live: false,
      source: 'http-car',
      miner: 't04',
      blocks: dag.blocks.length,
      attempts: 1,
    });
    expect(retrieval.reasons.map(({ miner, phase, reason }) => [miner, phase, reason])).toEqual([
      ['t01', 'query', 'unreachable'],
      ['t02', 'retrieval', 'wrong-bytes'],
      ['t03', 'retrieval', 'truncated'],
    ]);
    expect(transitions.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'requested>locating',
      'locating>fetching',
      'fetching>verified',
      'verified>stored',
    ]);
    expect((await dags.find(dag.root))?.hot).toBe(true);
    expect(
      (await events('retrieval.attempted', retrieval.id)).map(({ payload }) => [payload.miner, payload.ok]),
    ).toEqual([
      ['t01', false],
      ['t02', false],
      ['t03', false],
      ['t04', true],
    ]);
    expect(await events('retrieval.finished', retrieval.id)).toEqual([
      { payload: expect.objectContaining({ ok: true, miner: 't04' }) },
    ]);
    expect(fetcher.asked).toHaveLength(4);
  });

  it('asks those that failed lately last', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t02', 't05']);
    expect((await retrieve(dag)).retrieval.miner).toBe('t05');
  });

  it('reads the stretch of the piece where a miner is no gateway', async () => {
    const dag = await offloaded();
    const piece = Buffer.concat([randomBytes(500), ...dag.blocks.toReversed().map(sectionOf), randomBytes(70)]);
    holders.parts.set(dag.root.toString(), [
      { seq: 0, pieceCid: 'baga1', offset: 500, length: piece.length - 570, holders: [holder('t11')] },
    ]);
    fetcher.script('http://t11', { does: 'fail', reason: 'not-held' }).holdsPiece('baga1', piece);
    expect((await retrieve(dag)).retrieval).toMatchObject({ state: 'stored', source: 'http-piece', miner: 't11' });
  });

  it('puts a DAG together that lies over several pieces at several miners', async () => {
    const dag = await offloaded();
    const sections = dag.blocks.toReversed().map(sectionOf);
    const pieces = [sections.slice(0, 10), sections.slice(10, 20), sections.slice(20)].map((part) =>
      Buffer.concat(part),
    );
    holders.parts.set(
      dag.root.toString(),
      pieces.map((piece, seq) => ({
        seq,
        pieceCid: `part${seq}`,
        offset: 0,
        length: piece.length,
        holders: [holder('t12'), holder(`t2${seq}`)].slice(seq === 1 ? 0 : 1),
      })),
    );
    pieces.forEach((piece, seq) => fetcher.holdsPiece(`part${seq}`, piece));
    fetcher.script('http://t12/piece', { does: 'lie', after: 100 });
    const { retrieval } = await retrieve(dag);
    expect(retrieval).toMatchObject({ state: 'stored', source: 'http-piece', blocks: dag.blocks.length });
    expect(retrieval.reasons.map(({ miner, reason }) => [miner, reason])).toEqual([['t12', 'wrong-bytes']]);
  });

  it('asks through the node when HTTP gives nothing, and ends with every reason', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t31', 't32']);
    fetcher
      .script('http://t31', { does: 'fail', reason: 'sealed-only' })
      .script('http://t32', { does: 'fail', reason: 'timeout' });
    const { retrieval } = await retrieve(dag);
    expect(retrieval.state).toBe('failed');
    expect(retrieval.reasons.map(({ miner, source, reason }) => [miner, source, reason])).toEqual([
      ['t31', 'http-car', 'sealed-only'],
      ['t32', 'http-car', 'timeout'],
      ['t32', 'lotus', 'unsupported'],
    ]);
    expect(node.requests.at(-1)).toMatchObject({ root: dag.root.toString(), miner: 't32' });
    await expect(room.get(Retrievals).isStored(retrieval.id)).rejects.toMatchObject({ status: 504 });
    expect(await dags.hotBlocks.has(dag.root)).toBe(false);
    expect(await request(dag)).toBe(retrieval.id);
  });

  it('fails with a reason when nobody is known to hold it, and when the disk is full', async () => {
    const [lost, full] = [await offloaded(), await offloaded()];
    expect((await retrieve(lost)).retrieval).toMatchObject({
      state: 'failed',
      reasons: [{ source: 'locate', reason: 'not-held' }],
    });
    holders.offer(full.root.toString(), ['t05']);
    dags.failing = 'disk-full';
    try {
      expect((await retrieve(full)).retrieval).toMatchObject({
        state: 'failed',
        reasons: [{ source: 'store', reason: 'ERR_DISK_FULL' }],
      });
    } finally {
      dags.failing = null;
    }
  });

  it('is tried again after a failure that a clock set ahead has dated an hour from now', async () => {
    const dag = await offloaded();
    const { id, state } = (await retrieve(dag)).retrieval;
    expect([state, await request(dag)]).toEqual(['failed', id]);
    await database.query("UPDATE retrievals SET updated_at = now() + interval '1 hour' WHERE id = $1", [id]);
    const again = await request(dag);
    expect(again).not.toBe(id);
    await work(again);
  });

  it('is over at once when the DAG is hot already', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t05']);
    await retrieve(dag);
    expect((await retrieve(dag)).retrieval).toMatchObject({ state: 'stored', source: 'hot' });
  });
});

describe('a worker that dies', () => {
  it('leaves its retrieval to the next one, which starts over', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t05']);
    const store = room.get(PostgresRetrievalStore);
    const id = await request(dag);
    const dead = await store.claim(id, 60_000);
    expect(await store.claim(id, 60_000)).toBeNull();
    await work(id);
    expect((await store.find(id))?.state).toBe('locating');
    await database.query(
      `update retrievals set lease_until = now() - interval '1 second', next_check_at = now() - interval '1 second' where id = $1`,
      [id],
    );
    expect(await store.findUnleased(100)).toContainEqual({ id, attempts: 1 });
    expect(await room.get(Retrievals).sweep()).toBeGreaterThan(0);
    await work(id);
    expect(await store.find(id)).toMatchObject({ state: 'stored', attempts: 2 });
    await expect(store.transition(dead!, 'fetching', 'too late')).rejects.toMatchObject({
      code: 'ERR_LEASE_LOST',
    });
  });

  it('gives its retrieval back at once when it is told to stop', async () => {
    const dag = await offloaded();
    holders.offer(dag.root.toString(), ['t41']);
    fetcher.script('http://t41', {
      does: 'pause',
      after: 3,
      until: new Promise((resolve) => setTimeout(resolve, 200)),
    });
    const id = await request(dag);
    const stop = new AbortController();
    const working = room.get(RetrieveDagFromMiner).run(id, stop.signal);
    setTimeout(() => stop.abort(new Error('shutting down')), 100);
    await expect(working).rejects.toThrow('shutting down');
    expect(await room.get(PostgresRetrievalStore).findUnleased(100)).toContainEqual({ id, attempts: 1 });
    expect(await dags.hotBlocks.has(dag.root)).toBe(false);
  });
});

describe('retrieving the CAR of a piece', () => {
  async function wanted(): Promise<{ piece: WantedPiece; car: Uint8Array }> {
    const dag = await buildDag(randomBytes(20_000));
    const car = carOf(dag.root, dag.blocks);
    const pieceCid = `baga-${createHash('sha256').update(car).digest('hex')}`;
    const holding = (miner: string) => ({ miner: minerId(miner), proposalCid: 'bafy', chainDealId: 1n });
    return {
      car,
      piece: {
        carId: carId(crypto.randomUUID()),
        pieceCid,
        pieceSize: 1024n,
        carBytes: car.length,
        root: dag.root.toString(),
        holders: [holding('t51'), holding('t52')],
      },
    };
  }

  it('skips a miner that lies, puts the sealed bytes in place, and is done when they are there', async () => {
    const { piece, car } = await wanted();
    fetcher
      .holdsPiece(piece.pieceCid, Buffer.concat([car, new Uint8Array(3000)]))
      .script('http://t51/piece', { does: 'lie', after: 5000 });
    await room.get(RetrievePiece).retrieve(piece);
    expect(Buffer.from(files.back.get(piece.carId)!).equals(Buffer.from(car))).toBe(true);
    const asked = fetcher.asked.length;
    await room.get(RetrievePiece).retrieve(piece);
    expect(fetcher.asked.length).toBe(asked);
  });

  it('measures what each miner sent for it, like any retrieval', async () => {
    const { piece, car } = await wanted();
    fetcher.holdsPiece(piece.pieceCid, car).script('http://t51/piece', { does: 'lie', after: 5000 });
    await room.get(RetrievePiece).retrieve(piece);
    const attempts = await database.query<{ payload: object }>(
      "SELECT payload FROM outbox WHERE name = 'retrieval.attempted' AND payload->>'root' = $1 ORDER BY id",
      [piece.root],
    );
    expect(attempts.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ retrievalId: null, miner: 't51', ok: false, reason: 'wrong-bytes' }),
      expect.objectContaining({ retrievalId: null, miner: 't52', ok: true, reason: null, bytes: car.length }),
    ]);
  });

  it('does not take another CAR, however intact', async () => {
    const { piece } = await wanted();
    const other = await buildDag(randomBytes(20_000));
    fetcher.holdsPiece(piece.pieceCid, carOf(other.root, other.blocks));
    await expect(room.get(RetrievePiece).retrieve(piece)).rejects.toMatchObject({
      code: 'ERR_PIECE_UNAVAILABLE',
      details: { reasons: { t51: expect.stringContaining('wrong-bytes') } },
    });
    expect(files.back.has(piece.carId)).toBe(false);
  });
});
