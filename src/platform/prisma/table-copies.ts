import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { AppConfig } from '../../config/index.js';
import { connectionOptions } from './connection-options.js';
import { rowTypes } from './row-types.js';
import type { Outcome, StatementRunner } from './sql-pools.js';
import { wireValue, type Parameter, type Statement } from './statement.js';
import { MIGRATIONS, SEQUENCES, SET_SEQUENCE, TABLES } from './table-copies.sql.js';

/** A table as it is copied: the columns in the order of its text. */
export interface CopiedTable {
  name: string;
  columns: string[];
}

/** How far a sequence has counted; `isCalled` false: `value` is the next number, not the last one. */
export interface CopiedSequence {
  name: string;
  value: string;
  isCalled: boolean;
}

/** One connection with one transaction in it, which takes as long as it takes. */
abstract class TableTransaction implements StatementRunner {
  protected constructor(protected readonly client: pg.Client) {}

  /** Statements of rooms run here by `query` and `execute`, as on any place. */
  async runStatement<Row extends object, Values extends readonly Parameter[]>(
    { text }: Statement<Row, Values>,
    values: Values,
  ): Promise<Outcome<Row>> {
    const { rows, rowCount } = await this.client.query<Row>({ text, values: values.map(wireValue), types: rowTypes });
    return { rows, count: rowCount ?? 0 };
  }

  /** All tables of the platform, each after those that it refers to; not the books of the migrator. */
  async tables(): Promise<CopiedTable[]> {
    const { rows } = await this.runStatement(TABLES, []);
    const ordered: CopiedTable[] = [];
    const done = new Set<string>();
    while (ordered.length < rows.length) {
      const next = rows.filter(({ name, refers_to }) => !done.has(name) && refers_to.every((other) => done.has(other)));
      if (next.length === 0) throw new Error('tables refer to each other in a circle');
      for (const { name, columns } of next) {
        ordered.push({ name, columns });
        done.add(name);
      }
    }
    return ordered;
  }

  /** Names of the migrations that the database has. */
  async migrations(): Promise<string[]> {
    return (await this.runStatement(MIGRATIONS, [])).rows.map(({ name }) => name);
  }

  protected namesOf({ name, columns }: CopiedTable): string {
    const quote = (text: string): string => this.client.escapeIdentifier(text);
    return `${quote(name)} (${columns.map(quote).join(', ')})`;
  }
}

/**
 * All tables at one moment: a transaction that reads, and sees nothing of what commits meanwhile. Nobody waits for it.
 * Works on any PostgreSQL that the platform does, without its programs.
 */
export class DatabaseSnapshot extends TableTransaction {
  /** The moment is that of the call. Close it. */
  static async open(config: AppConfig): Promise<DatabaseSnapshot> {
    return new DatabaseSnapshot(await begin(config, 'ISOLATION LEVEL REPEATABLE READ READ ONLY'));
  }

  /** Its rows in PostgreSQL's text format. One at a time, read to the end. */
  copyOut(table: CopiedTable): Readable {
    return this.client.query(copyTo(`COPY ${this.namesOf(table)} TO STDOUT`));
  }

  /** Those of this schema, by name. Not of the snapshot but of now, so never below what the rows hold. */
  async sequences(): Promise<CopiedSequence[]> {
    const { rows } = await this.runStatement(SEQUENCES, []);
    return rows.map(({ name, value, is_called }) => ({ name, value, isCalled: is_called }));
  }

  /** Ends the transaction, which has changed nothing. */
  async close(): Promise<void> {
    await this.client.end();
  }
}

/** Fills all tables in one transaction: all of it or nothing. */
export class DatabaseRefill extends TableTransaction {
  /** A transaction without time limits. Close it. */
  static async open(config: AppConfig): Promise<DatabaseRefill> {
    return new DatabaseRefill(await begin(config, ''));
  }

  /** Those of the tables that have rows. */
  async used(tables: readonly CopiedTable[]): Promise<string[]> {
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await this.client.query(`SELECT FROM ${this.client.escapeIdentifier(name)} LIMIT 1`);
      if (rows.length > 0) found.push(name);
    }
    return found;
  }

  /** Empties the tables. Their triggers sleep until `commit`: what they would write is in the copies. */
  async empty(tables: readonly CopiedTable[]): Promise<void> {
    const names = tables.map(({ name }) => this.client.escapeIdentifier(name));
    await this.client.query(`TRUNCATE ${names.join(', ')}`);
    for (const name of names) await this.client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  }

  /** Takes what `DatabaseSnapshot.copyOut` gave; a table after those that it refers to. One at a time. */
  copyIn(table: CopiedTable): Writable {
    return this.client.query(copyFrom(`COPY ${this.namesOf(table)} FROM STDIN`));
  }

  /**
   * Sequences as given, triggers awake again, then all of it at once. @throws the database's error; then nothing was
   * changed
   */
  async commit(tables: readonly CopiedTable[], sequences: readonly CopiedSequence[]): Promise<void> {
    for (const { name, value, isCalled } of sequences) await this.runStatement(SET_SEQUENCE, [name, value, isCalled]);
    for (const { name } of tables)
      await this.client.query(`ALTER TABLE ${this.client.escapeIdentifier(name)} ENABLE TRIGGER USER`);
    await this.client.query('COMMIT');
  }

  /** Without a commit before it nothing was changed. */
  async close(): Promise<void> {
    await this.client.end();
  }
}

async function begin(config: AppConfig, mode: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionOptions(config, 'tidewater-copies'),
    query_timeout: 0,
    statement_timeout: 0,
    lock_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  });
  // A connection that breaks fails the statement that runs; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    // The first statement takes the snapshot.
    await client.query(`BEGIN ${mode}; SELECT 1`);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}
