import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, query, type Tx } from '../../platform/prisma/index.js';
import { contentId, type ContentId, type UserId } from '../../shared/index.js';
import { type CommittedUpload, DagReferences, type NewUpload, type WrittenCar } from '../../storage/index.js';
import type { ContentState, NewContent } from '../domain/content.js';
import { QuotaExceeded } from '../domain/content.errors.js';
import { contentRestored, contentStored } from '../domain/content.events.js';
import { HOLD_REFERENCE, HOLD_USAGE_OF_DAG, RECOUNT, STORE_CONTENTS, type StoredContentRow } from './content.sql.js';
import { PostgresAccountUsageStore } from './postgres-account-usage.store.js';

interface Quota {
  userId: UserId;
  bytes: number;
}

type ContentUpload = NewUpload<NewContent>;

/**
 * Contents refer to DAGs: they come here, each in the transaction that stores its DAG or finds it stored. That
 * transaction is the function `store_contents` (store-contents.sql); what it needs of storage's tables it gets from
 * `commit_dags`.
 */
@Injectable()
export class PostgresDagReferencesStore extends DagReferences {
  /** Replication of contents that do not ask for one. */
  private readonly replication: number;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly limits: AccountLimits,
    private readonly usage: PostgresAccountUsageStore,
    config: AppConfig,
  ) {
    super();
    this.replication = config.values.DEALS_REPLICATION;
  }

  /**
   * One statement, which is one transaction, after the quotas were looked up. Outcomes in the order of `uploads`. An
   * upload over its account's quota leaves nothing behind and does not touch the others of the batch. `content.stored`
   * is announced in the same transaction, once for all.
   */
  async commit(
    uploads: readonly ContentUpload[],
    cars: readonly WrittenCar[],
  ): Promise<(CommittedUpload[] | QuotaExceeded)[]> {
    const committed = async () => {
      const quotas = await this.quotasOf(uploads.flatMap((upload) => upload.map(({ reference }) => reference)));
      const batch = this.batchOf(uploads, cars, quotas);
      return this.outcomesOf(uploads, await query(this.database, STORE_CONTENTS, [batch]));
    };
    // A batch of many requests; a DAG in CARs of its own is brought by one, or by nobody who waits.
    return cars.some(({ seal }) => seal) ? committed() : this.database.forRequests(committed);
  }

  /**
   * As `commit` for one upload, and what its references bring along (`within`) in the same transaction: when that
   * throws, nothing was stored. At most 30 s. @throws QuotaExceeded
   */
  async commitWithin(upload: ContentUpload, cars: readonly WrittenCar[]): Promise<CommittedUpload[]> {
    const quotas = await this.quotasOf(upload.map(({ reference }) => reference));
    return this.database.transaction(
      async (tx) => {
        const rows = await query(tx, STORE_CONTENTS, [this.batchOf([upload], cars, quotas)]);
        const [committed] = await this.outcomesOf([upload], rows);
        if (!committed || committed instanceof QuotaExceeded)
          throw committed ?? new Error('one upload was to be committed');
        for (const [at, { contentId: id }] of committed.entries()) await upload[at]?.reference.within?.(tx, id);
        return committed;
      },
      { timeout: 30_000 },
    );
  }

  /** Of accounts that have one; from here on these are counted. */
  private async quotasOf(contents: readonly { userId: UserId }[]): Promise<Quota[]> {
    const users = [...new Set(contents.map((content) => content.userId))];
    const quotas = await Promise.all(
      users.map(async (user) => ({ userId: user, bytes: (await this.limits.of(user)).bytesQuota })),
    );
    const real = quotas.filter((quota): quota is Quota => quota.bytes !== null);
    await Promise.all(real.map(({ userId: user }) => this.usage.counted(user)));
    return real;
  }

  private async outcomesOf(
    uploads: readonly ContentUpload[],
    rows: readonly StoredContentRow[],
  ): Promise<(CommittedUpload[] | QuotaExceeded)[]> {
    const byNumber = new Map(rows.map((row) => [row.n, row]));
    let n = 0;
    return Promise.all(
      uploads.map(async (upload) => {
        const own = upload.map(({ dag, reference }) => ({
          root: dag.root,
          reference,
          row: byNumber.get(n++) as StoredContentRow,
        }));
        const [first] = own;
        return first?.row.content_id === null
          ? this.overQuota(first.reference.userId)
          : own.map(({ root, row }) => committedOf(root, row));
      }),
    );
  }

  private async overQuota(user: UserId): Promise<QuotaExceeded> {
    const [{ bytesQuota }, { bytes }] = await Promise.all([this.limits.of(user), this.usage.counted(user)]);
    return new QuotaExceeded(Math.max(0, (bytesQuota ?? 0) - bytes));
  }

  /**
   * Locks what the account stores, then the row of the DAG, so a removal at the same time comes before or after. Null
   * also for a DAG that is not known to be whole. @throws QuotaExceeded
   */
  async add(root: string, content: NewContent): Promise<ContentId | null> {
    const [quota] = await this.quotasOf([content]);
    return this.database.transaction(async (tx) => {
      const [dag] = await query(tx, HOLD_REFERENCE, [root, content.userId, quota?.bytes ?? null]);
      if (!dag) return null;
      if (dag.refused) throw await this.overQuota(content.userId);
      const row = await tx.content.create({
        data: { ...this.rowOf(content, content.type), dagId: dag.id, size: dag.size, storedBytes: dag.storedBytes },
      });
      const id = contentId(row.id);
      const { userId, cid, within } = content;
      await this.outbox.add(tx, contentStored, { contents: [{ contentId: id, userId, cid, size: Number(dag.size) }] });
      await within?.(tx, id);
      return id;
    });
  }

  /** Contents that are offloaded count. Read by the index on `dag_id`. */
  async isReferenced(tx: Tx, dagId: bigint): Promise<boolean> {
    return (await tx.content.findFirst({ where: { dagId, state: { not: 'deleted' } }, select: { id: true } })) !== null;
  }

  async holdCounted(tx: Tx, dagId: bigint): Promise<void> {
    await execute(tx, HOLD_USAGE_OF_DAG, [dagId]);
  }

  async recount(tx: Tx, dagId: bigint, storedBytes: number): Promise<void> {
    await execute(tx, RECOUNT, [dagId, storedBytes]);
  }

  /** Contents that are not `stored` stay as they are, so a second time changes nothing. */
  async markDamaged(tx: Tx, dagIds: readonly bigint[], cause: string): Promise<void> {
    await this.move(tx, dagIds, 'stored', 'offloaded', cause);
  }

  /** Contents that are not `offloaded` stay as they are, so a second time changes nothing. */
  async markRestored(tx: Tx, dagIds: readonly bigint[], cause: string): Promise<void> {
    await this.move(tx, dagIds, 'offloaded', 'stored', cause);
  }

  /** Adds the event to the outbox of this transaction: it goes out when that commits. Not idempotent. */
  async announceRestored(tx: Tx, dag: { root: string; bytes: number }): Promise<void> {
    await this.outbox.add(tx, contentRestored, dag);
  }

  /** Contents of these DAGs that are in one state go to the other; their timelines say why. */
  private async move(tx: Tx, dagIds: readonly bigint[], from: ContentState, to: ContentState, cause: string) {
    const contents = await tx.content.updateManyAndReturn({
      where: { dagId: { in: [...dagIds] }, state: from },
      data: { state: to, updatedAt: new Date() },
      select: { id: true },
    });
    await tx.contentMove.createMany({ data: contents.map(({ id }) => ({ contentId: id, from, to, cause })) });
  }

  private batchOf(uploads: readonly ContentUpload[], cars: readonly WrittenCar[], quotas: readonly Quota[]): string {
    const items = uploads.flatMap((members, upload) => members.map((member) => ({ ...member, upload })));
    return JSON.stringify({
      contents: items.map(({ dag, reference, upload }, n) => ({
        n,
        upload,
        root: dag.root,
        size: dag.size,
        storedBytes: dag.storedBytes,
        ...this.rowOf(reference, reference.type === 'unknown' ? dag.type : reference.type),
      })),
      dags: items.map(({ dag: { type: _, ownBytes, ...dag } }, n) => ({ n, ...dag, storedBytes: ownBytes })),
      cars,
      quotas,
    });
  }

  private rowOf({ userId, cid, name, profile, terms, pinRequestId }: NewContent, type: NewContent['type']) {
    return {
      userId,
      cid,
      name,
      type,
      profile,
      replication: terms?.replication ?? this.replication,
      pinRequestId: pinRequestId ?? null,
    };
  }
}

function committedOf(root: string, row: StoredContentRow): CommittedUpload {
  return {
    contentId: contentId(row.content_id ?? 0n),
    kept: row.kept,
    dag: {
      dagId: row.dag_id,
      root,
      size: Number(row.dag_size),
      carBytes: Number(row.dag_car_bytes),
      blocks: row.dag_blocks,
      hot: true,
    },
  };
}
