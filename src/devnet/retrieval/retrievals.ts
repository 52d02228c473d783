import { mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CID } from 'multiformats/cid';
import type { Accounts } from '../chain/accounts.js';
import type { EpochClock } from '../chain/epoch-clock.js';
import type { Roster } from '../miners/roster.js';
import type { BlockFinder } from '../storage/block-finder.js';
import type { Database } from '../storage/database.js';
import { receiveDag } from './receive-dag.js';

/** Lotus' retrievalmarket statuses that this client passes through. */
export const RetrievalStatus = {
  New: 0,
  Unsealing: 1,
  Ongoing: 13,
  Completed: 15,
  Errored: 17,
  Cancelled: 26,
} as const;
const OVER: number[] = [RetrievalStatus.Completed, RetrievalStatus.Errored, RetrievalStatus.Cancelled];
/** How long a miner takes to unseal. */
const UNSEAL_EPOCHS = 5;
/** CARs of older retrievals are removed. */
const KEEP_RETRIEVED = 20;

/** One order as it is stored; amounts in attoFIL as text. */
export interface Retrieval {
  id: number;
  root: string;
  piece: string | null;
  miner: string;
  wallet: string;
  total: string;
  unsealPrice: string;
  status: number;
  message: string;
  bytes: number;
  paid: string;
}

/** Retrievals through the node (`ClientRetrieve`): every block is checked before it is written, as graphsync does. */
export class Retrievals {
  private readonly running = new Map<number, AbortController>();
  private readonly watchers = new Set<(retrieval: Retrieval) => void>();

  constructor(
    private readonly db: Database,
    private readonly blocks: BlockFinder,
    private readonly roster: Roster,
    private readonly clock: EpochClock,
    private readonly accounts: Accounts,
    private readonly dir: string,
  ) {
    mkdirSync(dir, { recursive: true });
  }

  /** Writes the order down and begins at once. */
  start(order: Omit<Retrieval, 'id' | 'status' | 'message' | 'bytes' | 'paid'>): Retrieval {
    const { id } = this.db.run('insert into retrievals(status, doc) values (?, ?)', RetrievalStatus.New, '{}');
    const retrieval: Retrieval = { ...order, id, status: RetrievalStatus.New, message: '', bytes: 0, paid: '0' };
    this.save(retrieval);
    this.launch(retrieval);
    return retrieval;
  }

  /** Takes up what a restart interrupted. */
  resume(): void {
    for (const retrieval of this.list()) if (!OVER.includes(retrieval.status)) this.launch(retrieval);
  }

  /** Ends what runs without an outcome; `resume` of the next process begins it again. */
  stop(): void {
    for (const control of this.running.values()) control.abort();
  }

  /** Without effect for one that is over. @throws Error when there is none. */
  cancel(id: number): void {
    const retrieval = this.get(id);
    if (!retrieval) throw new Error(`retrieval deal ${id} not found`);
    if (OVER.includes(retrieval.status)) return;
    this.running.get(id)?.abort();
    this.save({ ...retrieval, status: RetrievalStatus.Cancelled, message: 'retrieval cancelled' });
  }

  /** Resolves when the retrieval is complete, rejects with its reason otherwise. */
  wait(id: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (retrieval: Retrieval | undefined) => {
        if (!retrieval) return reject(new Error(`retrieval deal ${id} not found`));
        if (retrieval.id !== id || !OVER.includes(retrieval.status)) return;
        stop();
        if (retrieval.status === RetrievalStatus.Completed) resolve();
        else reject(new Error(`retrieval failed: ${retrieval.message}`));
      };
      const stop = this.watch(settle);
      settle(this.get(id));
    });
  }

  /** As it was written last; undefined when there is none. */
  get(id: number): Retrieval | undefined {
    const row = this.db.one<{ doc: string }>('select doc from retrievals where id = ?', id);
    return row && (JSON.parse(row.doc) as Retrieval);
  }

  /** Oldest first, those that are over included. */
  list(): Retrieval[] {
    return this.db
      .all<{ doc: string }>('select doc from retrievals order by id')
      .map((row) => JSON.parse(row.doc) as Retrieval);
  }

  /** Called with each change from now on; the answer is what ends it. */
  watch(watcher: (retrieval: Retrieval) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** The CAR that a completed retrieval left behind. */
  carPath(id: number): string {
    return join(this.dir, `${id}.car`);
  }

  private launch(retrieval: Retrieval): void {
    const control = new AbortController();
    this.running.set(retrieval.id, control);
    void this.run(retrieval, control.signal).finally(() => this.running.delete(retrieval.id));
  }

  private async run(retrieval: Retrieval, signal: AbortSignal): Promise<void> {
    const incoming = `${this.carPath(retrieval.id)}.part`;
    try {
      await this.unseal(retrieval, signal);
      this.save({ ...retrieval, status: RetrievalStatus.Ongoing });
      const miner = this.roster.find(retrieval.miner);
      if (!miner) throw new Error(`miner ${retrieval.miner} not found`);
      const bytes = await receiveDag({
        roster: this.roster,
        blocks: this.blocks,
        miner,
        root: CID.parse(retrieval.root),
        path: incoming,
        signal,
      });
      await rename(incoming, this.carPath(retrieval.id));
      await rm(this.carPath(retrieval.id - KEEP_RETRIEVED), { force: true });
      this.pay(retrieval);
      this.save({ ...retrieval, status: RetrievalStatus.Completed, bytes, paid: retrieval.total });
    } catch (error) {
      await rm(incoming, { force: true });
      if (signal.aborted) return;
      this.save({
        ...retrieval,
        status: RetrievalStatus.Errored,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Only for miners without an unsealed copy: takes epochs and has to be paid. */
  private async unseal(retrieval: Retrieval, signal: AbortSignal): Promise<void> {
    const miner = this.roster.find(retrieval.miner);
    if (!miner || this.roster.character(miner) !== 'sealed-only') return;
    if (BigInt(retrieval.unsealPrice) === 0n)
      throw new Error(
        `retrieval deal rejected: ${retrieval.miner} keeps no unsealed copy and the order pays no unsealing`,
      );
    this.save({ ...retrieval, status: RetrievalStatus.Unsealing });
    const ready = this.clock.height + UNSEAL_EPOCHS;
    await new Promise<void>((resolve, reject) => {
      const stop = this.clock.subscribe((height) => {
        if (height < ready) return;
        stop();
        resolve();
      });
      signal.addEventListener('abort', () => {
        stop();
        reject(new Error('aborted'));
      });
    });
  }

  /** After the last byte, all at once: payment channels are not simulated. */
  private pay(retrieval: Retrieval): void {
    const account = this.accounts.find(retrieval.wallet);
    if (account) this.accounts.save({ ...account, balance: account.balance - BigInt(retrieval.total) });
  }

  private save(retrieval: Retrieval): void {
    this.db.run(
      'update retrievals set status = ?, doc = ? where id = ?',
      retrieval.status,
      JSON.stringify(retrieval),
      retrieval.id,
    );
    for (const watcher of this.watchers) watcher(retrieval);
  }
}
