import { DatabaseSync, type StatementSync, type SQLInputValue } from 'node:sqlite';

const SCHEMA_VERSION = 1;
const SCHEMA = `
create table if not exists meta(key text primary key, value text not null);
create table if not exists clock(start_height integer primary key, start_ms integer not null, epoch_ms integer not null);
create table if not exists accounts(address text primary key, id integer unique not null, balance text not null,
  escrow text not null, locked text not null, datacap text not null, nonce integer not null);
create table if not exists messages(cid text primary key, height integer not null, doc text not null);
create table if not exists miners(address text primary key, port integer not null);
create table if not exists faults(miner text primary key, fault text not null, until_epoch integer);
create table if not exists imports(id integer primary key autoincrement, path text not null, root text not null,
  size integer not null, mtime_ms real not null);
create table if not exists seen_files(identity text primary key, sha text not null);
create table if not exists pieces(sha text primary key, piece_cid text not null, piece_size integer not null, car_size integer not null);
create table if not exists cars(id integer primary key autoincrement, sha text unique, size integer);
create table if not exists holdings(deal integer primary key, miner text not null,
  car integer not null references cars(id), piece_cid text not null);
create index if not exists holdings_by_piece on holdings(piece_cid, miner);
create index if not exists holdings_by_car on holdings(car, miner);
create table if not exists blocks(multihash blob not null, car integer not null, position integer not null,
  length integer not null, primary key(multihash, car)) without rowid;
create index if not exists blocks_by_car on blocks(car);
create table if not exists deals(n integer primary key autoincrement, proposal_cid text unique not null,
  miner text not null, state integer not null, wake integer, deal_id integer unique, doc text not null);
create index if not exists deals_by_wake on deals(wake) where wake is not null;
create index if not exists deals_by_state on deals(state);
create index if not exists deals_by_miner on deals(miner);
create index if not exists imports_by_root on imports(root);
create table if not exists retrievals(id integer primary key autoincrement, status integer not null, doc text not null);
`;

/** A row whose columns the caller knows. */
export type Row = Record<string, SQLInputValue>;

/** The whole state of the network in one SQLite file; WAL keeps every committed step through kill -9. */
export class Database {
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private depth = 0;

  constructor(path: string) {
    this.db = new DatabaseSync(path);
    this.db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000;');
    const { user_version: version } = this.db.prepare('pragma user_version').get() as { user_version: number };
    const isNew = this.db.prepare('select 1 from sqlite_master limit 1').get() === undefined;
    if (!isNew && version !== SCHEMA_VERSION)
      throw new Error(
        `devnet: ${path} was written by another version of the devnet; remove its folder to begin a new network`,
      );
    this.db.exec(`${SCHEMA} pragma user_version = ${SCHEMA_VERSION};`);
  }

  /** How many rows changed, and the id of the row that was added last. */
  run(sql: string, ...params: SQLInputValue[]): { changes: number; id: number } {
    const { changes, lastInsertRowid } = this.prepare(sql).run(...params);
    return { changes: Number(changes), id: Number(lastInsertRowid) };
  }

  /** The type of the rows is the caller's word. */
  all<T = Row>(sql: string, ...params: SQLInputValue[]): T[] {
    return this.prepare(sql).all(...params) as T[];
  }

  /** The first row, if there is any. */
  one<T = Row>(sql: string, ...params: SQLInputValue[]): T | undefined {
    return this.prepare(sql).get(...params) as T | undefined;
  }

  /** Everything inside happens or nothing does; nests into the outer one. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.depth++;
    this.db.exec('begin immediate');
    try {
      const result = work();
      this.db.exec('commit');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself where the disk was full (https://sqlite.org/lang_transaction.html, 3.1).
      if (this.db.isTransaction) this.db.exec('rollback');
      throw error;
    } finally {
      this.depth--;
    }
  }

  /** The value under this key; made and stored by `initial` when there is none. */
  meta(key: string, initial: () => string): string {
    const row = this.one<{ value: string }>('select value from meta where key = ?', key);
    if (row) return row.value;
    const value = initial();
    this.setMeta(key, value);
    return value;
  }

  /** The last value stands. */
  setMeta(key: string, value: string): void {
    this.run(
      'insert into meta(key, value) values (?, ?) on conflict(key) do update set value = excluded.value',
      key,
      value,
    );
  }

  /** Nothing may be asked afterwards. What was committed is in the file. */
  close(): void {
    this.statements.clear();
    this.db.close();
  }

  /** Statements are kept for as long as the file is open. */
  private prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}
