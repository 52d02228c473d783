import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { Database, SqlPool, type Tx } from '../../platform/prisma/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { contentId, type ContentId, type UserId } from '../../shared/index.js';
import { QuotaExceeded } from '../domain/content.errors.js';
import { contentRestored, contentStored } from '../domain/content.events.js';
import { AccountUsage } from '../ports/account-usage.port.js';
import { DagReferences, type CommittedContent, type NewContent, type WrittenCar } from '../../storage/index.js';

interface CommittedRow {
  n: number;
  /** Null: over the account's quota. */
  content_id: string | bigint | null;
  dag_id: string | bigint;
  kept: boolean;
  dag_size: string | bigint;
  dag_car_bytes: string | bigint;
  dag_blocks: number;
}

interface Quota {
  userId: UserId;
  bytes: number;
}

const COMMIT = 'SELECT * FROM store_contents($1::jsonb)';

/** Contents refer to DAGs. The commit is the function `store_contents` of the migrations. */
@Injectable()
export class PostgresDagReferencesStore extends DagReferences {
  constructor(
    private readonly database: Database,
    private readonly sql: SqlPool,
    private readonly outbox: Outbox,
    private readonly limits: AccountLimits,
    private readonly usage: AccountUsage,
  ) {
    super();
  }

  async commit(
    uploads: readonly (readonly NewContent[])[],
    cars: readonly WrittenCar[],
  ): Promise<(CommittedContent[] | QuotaExceeded)[]> {
    const quotas = await this.quotasOf(uploads.flat());
    const { rows } = await this.sql.pool.query<CommittedRow>({
      name: 'store_contents',
      text: COMMIT,
      values: [batchOf(uploads, cars, quotas)],
    });
    return this.outcomesOf(uploads, rows);
  }

  async commitWithin(
    contents: readonly NewContent[],
    cars: readonly WrittenCar[],
    within: (tx: Tx, id: ContentId) => Promise<void>,
  ): Promise<CommittedContent[]> {
    const quotas = await this.quotasOf(contents);
    return this.database.transaction(
      async (tx) => {
        const rows = await tx.$queryRawUnsafe<CommittedRow[]>(COMMIT, batchOf([contents], cars, quotas));
        const [committed] = await this.outcomesOf([contents], rows);
        if (!committed || committed instanceof QuotaExceeded)
          throw committed ?? new Error('one upload was to be committed');
        for (const { contentId: id } of committed) await within(tx, id);
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
    uploads: readonly (readonly NewContent[])[],
    rows: readonly CommittedRow[],
  ): Promise<(CommittedContent[] | QuotaExceeded)[]> {
    const byNumber = new Map(rows.map((row) => [row.n, row]));
    let n = 0;
    return Promise.all(
      uploads.map(async (upload) => {
        const own = upload.map((content) => ({ content, row: byNumber.get(n++) as CommittedRow }));
        const [first] = own;
        return first?.row.content_id === null
          ? this.overQuota(first.content.userId)
          : own.map(({ content, row }) => committedOf(content, row));
      }),
    );
  }

  private async overQuota(user: UserId): Promise<QuotaExceeded> {
    const [{ bytesQuota }, { bytes }] = await Promise.all([this.limits.of(user), this.usage.counted(user)]);
    return new QuotaExceeded(Math.max(0, (bytesQuota ?? 0) - bytes));
  }

  async add(
    root: string,
    content: Omit<NewContent, 'root' | 'size' | 'carBytes' | 'blocks' | 'runs'>,
    within?: (tx: Tx, id: ContentId) => Promise<void>,
  ): Promise<ContentId | null> {
    const [quota] = await this.quotasOf([content]);
    return this.database.transaction(async (tx) => {
      const [dag] = await tx.$queryRaw<{ id: bigint; size: bigint; refused: boolean }[]>`
        SELECT id, size, refused FROM hold_reference(${root}, ${content.userId}::uuid, ${quota?.bytes ?? null}::bigint)`;
      if (!dag) return null;
      if (dag.refused) throw await this.overQuota(content.userId);
      const { userId, cid, name, type, profile, replication, pinRequestId } = content;
      const row = await tx.content.create({
        data: { userId, dagId: dag.id, cid, name, type, size: dag.size, profile, replication, pinRequestId },
      });
      const id = contentId(row.id);
      await this.outbox.add(tx, contentStored, { contents: [{ contentId: id, userId, cid, size: Number(dag.size) }] });
      await within?.(tx, id);
      return id;
    });
  }

  async isReferenced(tx: Tx, dagId: bigint): Promise<boolean> {
    return (await tx.content.findFirst({ where: { dagId, state: { not: 'deleted' } }, select: { id: true } })) !== null;
  }

  async markRestored(tx: Tx, dagIds: readonly bigint[], cause: string): Promise<void> {
    const contents = await tx.content.updateManyAndReturn({
      where: { dagId: { in: [...dagIds] }, state: 'offloaded' },
      data: { state: 'stored', updatedAt: new Date() },
      select: { id: true },
    });
    await tx.contentMove.createMany({
      data: contents.map(({ id }) => ({ contentId: id, from: 'offloaded', to: 'stored', cause })),
    });
  }

  async announceRestored(tx: Tx, dag: { root: string; bytes: number }): Promise<void> {
    await this.outbox.add(tx, contentRestored, dag);
  }
}

function batchOf(
  uploads: readonly (readonly NewContent[])[],
  cars: readonly WrittenCar[],
  quotas: readonly Quota[],
): string {
  const contents = uploads
    .flatMap((members, upload) => members.map((content) => ({ upload, ...content })))
    .map((content, n) => ({ n, ...content }));
  return JSON.stringify({ contents, cars, quotas });
}

function committedOf({ root }: NewContent, row: CommittedRow): CommittedContent {
  return {
    contentId: contentId(String(row.content_id)),
    kept: row.kept,
    dag: {
      dagId: BigInt(row.dag_id),
      root,
      size: Number(row.dag_size),
      carBytes: Number(row.dag_car_bytes),
      blocks: row.dag_blocks,
      hot: true,
    },
  };
}
