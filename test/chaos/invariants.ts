import { Client } from 'pg';
import type { Comparison } from './compare.js';
import type { Difference } from './model.js';

interface Invariant {
  kind: string;
  /** Rows that should not be there, each with a text of what is wrong. */
  sql: string;
}

const COPY_IS_HERE = `EXISTS (SELECT FROM car_copies k WHERE k.car_id = r.car_id AND k.state IN ('writing', 'verified'))`;

/** What holds at any moment, whatever is under way: each within one snapshot. */
const ALWAYS: readonly Invariant[] = [
  {
    kind: 'too-many-deals',
    sql: `SELECT car_id || ' has ' || count(*) || ' current deals of ' || p.replication AS what FROM deals d JOIN pieces p USING (car_id)
      WHERE d.live AND d.role = 'current' GROUP BY car_id, p.replication HAVING count(*) > p.replication`,
  },
  {
    kind: 'two-deals-with-one-miner',
    sql: `SELECT car_id || ' has ' || count(*) || ' live deals with ' || miner AS what FROM deals WHERE live GROUP BY car_id, miner HAVING count(*) > 1`,
  },
  {
    kind: 'wrong-usage',
    sql: `SELECT u.user_id || ' is said to store ' || u.bytes || ' bytes in ' || u.contents || ', and stores ' || coalesce(sum(c.size), 0) || ' in ' || count(c.id) AS what
      FROM account_usage u LEFT JOIN contents c ON c.user_id = u.user_id AND c.state <> 'deleted'
      GROUP BY u.user_id, u.bytes, u.contents HAVING u.bytes <> coalesce(sum(c.size), 0) OR u.contents <> count(c.id)`,
  },
  {
    kind: 'content-without-runs',
    sql: `SELECT 'content ' || c.id || ' (' || c.state || ') of ' || d.root AS what FROM contents c JOIN dags d ON d.id = c.dag_id
      WHERE c.state <> 'deleted' AND NOT EXISTS (SELECT FROM runs r WHERE r.dag_id = d.id AND r.copy = 0)`,
  },
  {
    kind: 'content-and-dag-disagree',
    sql: `SELECT 'content ' || c.id || ' is ' || c.state || ', its DAG ' || d.root || CASE WHEN d.hot THEN ' is hot' ELSE ' is not' END AS what
      FROM contents c JOIN dags d ON d.id = c.dag_id WHERE c.state <> 'deleted' AND (c.state = 'stored') <> d.hot`,
  },
  {
    kind: 'hot-without-copy',
    sql: `SELECT d.root || ' is hot, and no copy of it is whole here' AS what FROM dags d WHERE d.hot AND NOT EXISTS (
        SELECT FROM runs r WHERE r.dag_id = d.id GROUP BY r.copy HAVING bool_and(${COPY_IS_HERE}))`,
  },
  {
    kind: 'run-beyond-its-car',
    sql: `SELECT r.car_id || ' has ' || c.bytes || ' bytes and a run to ' || r."offset" + r.length AS what FROM runs r JOIN cars c ON c.id = r.car_id
      WHERE r."offset" + r.length > c.bytes OR c.state = 'discarded'`,
  },
  {
    kind: 'pinned-without-content',
    sql: `SELECT p.request_id || ' is pinned without a content' AS what FROM pins p LEFT JOIN contents c ON c.id = p.content_id
      WHERE p.status = 'pinned' AND p.deleted_at IS NULL AND (c.id IS NULL OR c.state = 'deleted')`,
  },
  {
    kind: 'duplicate',
    sql: `SELECT 'pin ' || pin_request_id || ' has ' || count(*) || ' contents' AS what FROM contents
      WHERE pin_request_id IS NOT NULL AND state <> 'deleted' GROUP BY pin_request_id HAVING count(*) > 1`,
  },
];

/** What holds once nothing is under way. */
const SETTLED: readonly Invariant[] = [
  {
    kind: 'orphan-dag',
    sql: `SELECT d.root || ' has runs and no content' AS what FROM dags d WHERE EXISTS (SELECT FROM runs r WHERE r.dag_id = d.id)
      AND NOT EXISTS (SELECT FROM contents c WHERE c.dag_id = d.id AND c.state <> 'deleted')`,
  },
  {
    kind: 'open-car',
    sql: `SELECT c.id || ' of ' || c.owner || ' (' || c.kind || ') is still open since ' || c.created_at AS what FROM cars c WHERE c.state = 'open'`,
  },
  {
    kind: 'sealed-without-piece',
    sql: `SELECT c.id || ' is sealed and no piece' AS what FROM cars c WHERE c.state = 'sealed' AND c.kind <> 'copy'
      AND EXISTS (SELECT FROM runs r WHERE r.car_id = c.id AND r.copy = 0) AND NOT EXISTS (SELECT FROM pieces p WHERE p.car_id = c.id)`,
  },
  {
    kind: 'piece-of-nothing',
    sql: `SELECT p.car_id || ' is a piece (' || p.state || ') of a CAR that is discarded' AS what FROM pieces p JOIN cars c ON c.id = p.car_id
      WHERE p.state <> 'retired' AND c.state = 'discarded'`,
  },
  {
    // One that is out goes its way to the chain, or fails: within minutes here, whatever becomes of its piece.
    kind: 'leaked-reservation',
    sql: `SELECT 'deal ' || d.id || ' (' || d.state || ') of the retired piece ' || d.car_id AS what FROM deals d JOIN pieces p USING (car_id)
      WHERE p.state = 'retired' AND d.live AND (d.state = 'queued'
        OR d.state IN ('proposed', 'accepted', 'transferring') AND d.updated_at < now() - interval '3 minutes')`,
  },
  {
    kind: 'event-not-handled',
    // Deals go on meanwhile, and news of them come.
    sql: `SELECT o.name || ' ' || o.id || ' of ' || o.created_at || ' waits for ' || coalesce(array_to_string(o.pending, ', '), 'its dispatch') AS what FROM outbox o
      WHERE (o.dispatched_at IS NULL OR cardinality(o.pending) > 0) AND o.created_at < now() - interval '5 seconds'`,
  },
  {
    kind: 'endless-retrieval',
    sql: `SELECT 'retrieval of ' || root || ' is ' || state || ' since ' || created_at AS what FROM retrievals WHERE live`,
  },
  {
    kind: 'endless-pin',
    sql: `SELECT 'pin ' || coalesce(name, request_id::text) || ' is ' || status || ', due ' || next_check_at || ', failures ' || failures || ': ' || coalesce(reason, '') AS what FROM pins
      WHERE deleted_at IS NULL AND status IN ('queued', 'pinning') AND (failures = 0 OR next_check_at < now())`,
  },
  {
    kind: 'pin-not-removed',
    sql: `SELECT 'pin ' || coalesce(name, request_id::text) || ' (' || status || ') was removed at ' || deleted_at AS what FROM pins
      WHERE deleted_at IS NOT NULL AND replaced_by IS NULL`,
  },
  {
    kind: 'provider-record',
    sql: `SELECT coalesce(d.root, a.root) || CASE WHEN a.root IS NULL THEN ' is hot and not provided' ELSE ' is not hot and provided: ' || a.state END AS what
      FROM (SELECT root FROM dags WHERE hot) d FULL JOIN (SELECT root, state FROM announcements) a ON a.root = d.root
      WHERE d.root IS NULL OR a.root IS NULL`,
  },
];

/** What holds in the end, minutes after the last fault. */
const FINAL: readonly Invariant[] = [
  {
    kind: 'not-replicated',
    sql: `SELECT p.car_id || ' (' || p.state || ') has ' || count(d.id) || ' live deals of ' || p.replication || ': ' || coalesce(p.last_error, '') AS what
      FROM pieces p LEFT JOIN deals d ON d.car_id = p.car_id AND d.live AND d.role = 'current'
      WHERE p.state <> 'retired' GROUP BY p.car_id HAVING count(d.id) < p.replication`,
  },
];

const MOST_SHOWN = 5;

/** A look at the rows of the platform, beside what it says by HTTP. */
export class Rows {
  private readonly url: () => string;
  private client: Client | null = null;

  /** `url`: asked for each connection; after a restart the port may be another. */
  constructor(url: () => string) {
    this.url = url;
  }

  async differences(at: Comparison['at']): Promise<Difference[]> {
    const found: Difference[] = [];
    const asked = { round: ALWAYS, settled: [...ALWAYS, ...SETTLED], final: [...ALWAYS, ...SETTLED, ...FINAL] }[at];
    for (const { kind, sql } of asked) {
      const rows = await this.query<{ what: string }>(sql);
      for (const { what } of rows.slice(0, MOST_SHOWN)) found.push({ kind, detail: what });
      if (rows.length > MOST_SHOWN) found.push({ kind, detail: `and ${rows.length - MOST_SHOWN} more` });
    }
    return found;
  }

  /** Files of CARs as the rows have them, by id. `bytes`: how long the file is to be at least. */
  async files(): Promise<Map<string, { car: string; copy: string | null; bytes: number }>> {
    const rows = await this.query<{ id: string; car: string; copy: string | null; bytes: string }>(
      `SELECT c.id, c.state AS car, k.state AS copy, c.bytes FROM cars c LEFT JOIN car_copies k ON k.car_id = c.id`,
    );
    return new Map(rows.map(({ id, bytes, ...row }) => [id, { ...row, bytes: Number(bytes) }]));
  }

  /** A connection is made when it is needed, and again after the database went away. */
  async query<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
    if (!this.client) {
      const client = new Client({
        connectionString: this.url(),
        connectionTimeoutMillis: 5_000,
        query_timeout: 15_000,
      });
      client.on('error', () => (this.client = null));
      await client.connect();
      this.client = client;
    }
    try {
      return (await this.client.query<T>(sql, values)).rows;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => undefined);
  }
}
