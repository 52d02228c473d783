import { randomBytes } from 'node:crypto';
import { appendFile, stat, type FileHandle } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CID } from 'multiformats/cid';
import pg from 'pg';
import { databaseProxy } from '../../../test/support/database-proxy.js';
import { until } from '../../../test/support/until.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { Client } from '../../content/testing/uploads.js';
import { sectionPrefix } from '../../ipld/index.js';
import { HealthChecks } from '../../platform/health/index.js';
import { CarWriteFailed } from '../domain/storage.errors.js';
import { DagReferences } from '../ports/dag-references.port.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { carPath, membersOf, rawBlock, readCar } from '../testing/car-files.js';
import { SegmentCommitter } from './segment-committer.js';

describe('the one writer of a segment', () => {
  let node: ContentNode;
  let alice: Client;
  beforeEach(async () => {
    node = await contentNode({ LOG_LEVEL: 'silent' });
    alice = new Client(node, node.alice);
  }, 60_000);
  afterEach(() => node.close());

  const committer = () => node.app.get(SegmentCommitter, { strict: false });
  const cars = () =>
    node.database.query<{ id: string; state: string; epoch: number }>(
      'SELECT id, state, epoch FROM cars ORDER BY created_at, id',
    );
  const hot = async (cid: string) => node.app.get(HotBlocks, { strict: false }).get(CID.parse(cid));
  async function put(by = alice): Promise<string> {
    const { status, body } = await by.put(randomBytes(1000));
    expect(status).toBe(200);
    return body.cid;
  }

  it('commits nothing into a segment that another process has recovered, whose own uploads go on', async () => {
    const first = new Client({ ...node, url: node.url }, node.alice);
    const kept = [await put()];
    await node.start();
    const late = await first.put(randomBytes(1000));
    expect([late.status, late.body.error?.reason]).toEqual([503, 'ERR_DATABASE_UNAVAILABLE']);
    kept.push(await put());
    expect(await cars()).toMatchObject([{ state: 'open', epoch: 1 }]);
    for (const cid of kept) expect(await hot(cid)).not.toBeNull();
    await committer().sealNow();
    const [sealed] = await cars();
    expect(membersOf(await readCar(node, sealed?.id ?? ''))).toEqual(kept);
  });

  it.each(['fails', 'succeeds'])(
    'writes the next batch while the database commits one, and answers for each alone: the first %s',
    async (how) => {
      const before = await put();
      const [car] = await cars();
      const length = async () => (await stat(carPath(node, car?.id ?? ''))).size;
      const references = node.app.get(DagReferences, { strict: false });
      const commit = references.commit.bind(references);
      const commits: (() => void)[] = [];
      const spy = jest.spyOn(references, 'commit').mockImplementation(async (uploads, written) => {
        await new Promise<void>((resolve) => commits.push(resolve));
        if (commits.length === 1 && how === 'fails') throw new CarWriteFailed('the database is away');
        return commit(uploads, written);
      });
      const first = alice.put(randomBytes(1000));
      await until(() => commits.length === 1);
      const end = await length();
      const second = alice.put(randomBytes(1000));
      await until(async () => (await length()) > end, { what: 'the second is in the file' });
      expect(commits).toHaveLength(1);
      commits[0]?.();
      expect((await first).status).toBe(how === 'fails' ? 503 : 200);
      await until(() => commits.length === 2);
      commits[1]?.();
      expect((await second).status).toBe(200);
      spy.mockRestore();
      const kept = [before, ...(how === 'fails' ? [] : [(await first).body.cid]), (await second).body.cid];
      for (const cid of kept) expect(await hot(cid)).not.toBeNull();
      await node.restart();
      for (const cid of kept) expect(await hot(cid)).not.toBeNull();
    },
  );

  it('counts a commit that was on its way when its process died: recovery waits for it, and cuts behind it', async () => {
    const kept = await put();
    const [car] = await cars();
    const file = carPath(node, car?.id ?? '');
    const end = (await stat(file)).size;
    const block = rawBlock(randomBytes(300));
    const section = Buffer.concat([sectionPrefix(block.cid, 300), block.bytes]);
    await appendFile(file, Buffer.concat([section, randomBytes(50)]));
    const dead = new pg.Client(node.database.url);
    await dead.connect();
    await dead.query('BEGIN');
    await dead.query('UPDATE cars SET bytes = $2 WHERE id = $1 AND epoch = 0', [car?.id, end + section.length]);
    await dead.query(
      `WITH dag AS (INSERT INTO dags (root, size, car_bytes, blocks) VALUES ($1, 300, $2, 1) RETURNING id)
       INSERT INTO runs (dag_id, copy, seq, car_id, "offset", length) SELECT id, 0, 0, $3, $4, $2 FROM dag`,
      [block.cid.toString(), section.length, car?.id, end],
    );
    const starting = node.start();
    const waits = () =>
      node.database.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%epoch + 1%'",
      );
    await until(async () => (await waits()).length > 0, { timeoutMs: 20_000, what: 'recovery waits for the commit' });
    await dead.query('COMMIT');
    await dead.end();
    await starting;
    expect((await stat(file)).size).toBe(end + section.length);
    expect(await hot(kept)).not.toBeNull();
    expect(await cars()).toMatchObject([{ state: 'open', epoch: 1 }]);
  }, 60_000);

  it('gives a file nothing more after a sync that failed, and seals what was acknowledged before', async () => {
    const before = await put();
    const { writer } = (committer() as unknown as { segment: { writer: { handle: FileHandle } } }).segment;
    const handle = writer.handle;
    const real = handle.datasync.bind(handle);
    handle.datasync = () => {
      handle.datasync = real;
      return Promise.reject(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
    };
    const refused = await alice.put(randomBytes(1000));
    expect([refused.status, refused.body.error?.reason]).toEqual([503, 'ERR_CAR_WRITE_FAILED']);
    const after = await put();
    await until(async () => (await cars())[0]?.state === 'sealed', { what: 'the doubtful segment is sealed' });
    const [old, fresh] = await cars();
    expect(fresh?.state).toBe('open');
    expect(membersOf(await readCar(node, old?.id ?? ''))).toEqual([before]);
    for (const cid of [before, after]) expect(await hot(cid)).not.toBeNull();
  });

  it('finishes small uploads that are on their way when the process is told to stop', async () => {
    const bytes = randomBytes(1000);
    const socket = connect(Number(new URL(node.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.write(
      `PUT /content/add HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${node.alice.key}\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 500));
    const buffered = () => (node.app.getHttpServer() as { _connections?: number })._connections === 1;
    await until(buffered, { what: 'the request has begun' });
    const stopping = node.stop();
    await until(async () => (await fetch(`${node.url}/health`).catch(() => ({ status: 503 }))).status === 503, {
      what: 'the process takes nothing new',
    });
    socket.write(bytes.subarray(500));
    await until(() => answer.includes('estuaryId'), { what: 'the upload is answered' });
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    await stopping;
    socket.destroy();
    await node.start();
    const { cid } = JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? '{}') as { cid: string };
    expect(Buffer.from((await hot(cid)) ?? []).equals(bytes)).toBe(true);
  }, 30_000);

  it('says 503, and when to come again, while the database is away; never 500; and goes on when it is back', async () => {
    const proxy = await databaseProxy(node.database.url);
    await node.restart({ DATABASE_URL: proxy.url });
    const cid = await put();
    await proxy.cut();
    const statuses = new Map<string, number>();
    for (let round = 0; round < 3; round += 1) {
      for (const [method, path] of [
        ['PUT', '/content/add'],
        ['GET', '/content/stats'],
        ['GET', '/content/list'],
        ['GET', `/content/by-cid/${cid}`],
        ['DELETE', '/content/1'],
      ] as const) {
        const answer = await fetch(node.url + path, {
          method,
          headers: { authorization: `Bearer ${node.alice.key}` },
          ...(method === 'PUT' ? { body: randomBytes(100) } : {}),
        });
        statuses.set(`${method} ${path.split('/')[2] ?? ''} ${answer.headers.has('retry-after')}`, answer.status);
        await answer.arrayBuffer();
      }
    }
    expect([...new Set(statuses.values())]).toEqual([503]);
    expect([...statuses.keys()].filter((key) => key.endsWith('false'))).toEqual([]);
    const checks = node.app.get(HealthChecks);
    const isDown = async () => (await checks.run()).some(({ name, ok }) => name === 'database' && !ok);
    await until(isDown, { what: 'the write probe has found out' });
    await proxy.mend();
    await until(async () => (await alice.put(randomBytes(100))).status === 200, { what: 'uploads are stored again' });
    await node.stop();
    await proxy.close();
  }, 60_000);
});
