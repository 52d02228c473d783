import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { until } from '../../../test/support/until.js';
import { contentNode, type ContentNode } from '../../content/testing/content-app.js';
import { carId, type CarId } from '../../shared/index.js';
import { carPath } from '../testing/car-files.js';
import { CarReclaimer } from './car-reclaimer.js';

describe('a CAR that was given up half-written', () => {
  let node: ContentNode;
  let id: CarId;
  beforeAll(async () => {
    node = await contentNode();
  }, 60_000);
  afterAll(() => node.close());

  beforeEach(async () => {
    id = carId(randomUUID());
    await node.database.query(`INSERT INTO cars (id, kind, owner, state) VALUES ($1, 'single', $2, 'open')`, [
      id,
      `${node.nodeId}/api`,
    ]);
    await node.database.query(`INSERT INTO car_copies (car_id, place, state) VALUES ($1, $2, 'writing')`, [
      id,
      `node:${node.nodeId}`,
    ]);
    await mkdir(path.dirname(carPath(node, id)), { recursive: true });
    await writeFile(carPath(node, id), Buffer.alloc(1_000));
  });

  const reclaimer = () => node.app.get(CarReclaimer, { strict: false });
  const state = async () =>
    (await node.database.query<{ state: string }>('SELECT state FROM cars WHERE id = $1', [id]))[0]?.state;
  const isThere = () =>
    access(carPath(node, id)).then(
      () => true,
      () => false,
    );
  const rename = (from: string, to: string) => node.database.query(`ALTER TABLE ${from} RENAME TO ${to}`);

  it('goes at once, row and file', async () => {
    await reclaimer().abandon([id]);
    expect([await state(), await isThere()]).toEqual(['discarded', false]);
  });

  it('goes as soon as the database answers again, without a restart', async () => {
    await rename('runs', 'runs_away');
    await reclaimer().abandon([id]);
    expect([await state(), await isThere()]).toEqual(['open', true]);
    await rename('runs_away', 'runs');
    await until(async () => !(await isThere()), { timeoutMs: 15_000, what: 'its file is gone' });
    expect(await state()).toBe('discarded');
  }, 20_000);

  it.each(['sealed', 'open'])('stays when a commit without an answer takes it after all (%s)', async (becomes) => {
    const commit = new pg.Client({ connectionString: node.database.url });
    await commit.connect();
    try {
      await commit.query('BEGIN');
      await commit.query(`UPDATE cars SET state = $2, bytes = 1000 WHERE id = $1`, [id, becomes]);
      await commit.query(
        `WITH dag AS (INSERT INTO dags (root, size, car_bytes, blocks) VALUES ($1, 1, 1, 1) RETURNING id)
         INSERT INTO runs (dag_id, copy, seq, car_id, "offset", length) SELECT id, 0, 0, $2, 59, 41 FROM dag`,
        [`root of ${id}`, id],
      );
      const abandoned = reclaimer().abandon([id]);
      const waiting = `SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE NOT l.granted AND a.datname = current_database()`;
      await until(async () => (await node.database.query(waiting)).length > 0, { what: 'the discard waits' });
      await commit.query('COMMIT');
      await abandoned;
    } finally {
      await commit.end();
    }
    expect([await state(), await isThere()]).toEqual([becomes, true]);
  });
});
