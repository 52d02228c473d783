import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Database, execute, query, type Tx } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { contentId, userId, type ContentId, type UserId } from '../../shared/index.js';
import type {
  NewPartialUpload,
  PartialUpload,
  PartialUploadKind,
  PartialUploadOptions,
} from '../domain/partial-upload.js';
import { ADVANCE, COMPLETE, EXPIRED, LOCK_CREATION, MARK_STORED, OUTSTANDING, TO_COME } from './partial-uploads.sql.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What an account has begun and not ended. */
export interface Outstanding {
  uploads: number;
  bytes: number;
}

/** Table `partial_uploads`. An upload is only known on the node that has its bytes. */
@Injectable()
export class PostgresPartialUploadStore {
  private readonly keepSeconds: number;

  constructor(
    private readonly database: Database,
    private readonly node: NodeIdentity,
    config: AppConfig,
  ) {
    this.keepSeconds = config.values.UPLOAD_EXPIRY_SECONDS;
  }

  /**
   * The row, once `admit` has looked at what the account has begun already and did not throw. One at a time per account.
   */
  async create(upload: NewPartialUpload, admit: (outstanding: Outstanding) => void): Promise<PartialUpload> {
    return this.database.transaction(async (tx) => {
      await execute(tx, LOCK_CREATION, [upload.userId]);
      const [sum] = await query(tx, OUTSTANDING, [upload.userId]);
      admit({ uploads: Number(sum?.uploads ?? 0), bytes: Number(sum?.bytes ?? 0) });
      const row = await tx.partialUpload.create({
        data: {
          ...upload,
          options: JSON.parse(JSON.stringify(upload.options)) as object,
          parts: [...upload.parts],
          nodeId: this.node.id,
          expiresAt: new Date(Date.now() + this.keepSeconds * 1000),
        },
      });
      return uploadOf(row);
    });
  }

  /** Null for what is no id, or not there. */
  async find(id: string): Promise<PartialUpload | null> {
    if (!UUID.test(id)) return null;
    const row = await this.database.partialUpload.findFirst({ where: { id, nodeId: this.node.id } });
    return row ? uploadOf(row) : null;
  }

  /** A final one of just these parts, which was asked for before. */
  async findFinal(user: UserId, parts: readonly string[]): Promise<PartialUpload | null> {
    if (!parts.every((id) => UUID.test(id))) return null;
    const row = await this.database.partialUpload.findFirst({
      where: { userId: user, nodeId: this.node.id, kind: 'final', parts: { equals: [...parts] } },
    });
    return row ? uploadOf(row) : null;
  }

  /** Bytes `from` to `to` are durable. The new expiry; null when the upload does not stand at `from` any more. */
  async advance(id: string, from: number, to: number): Promise<Date | null> {
    const [row] = await query(this.database, ADVANCE, [id, from, to, this.keepSeconds]);
    return row?.expires_at ?? null;
  }

  /** In the transaction that stores the content. False: it is stored already, or gone. */
  async markStored(tx: Tx, id: string, content: ContentId, cid: string): Promise<boolean> {
    return (await query(tx, MARK_STORED, [id, BigInt(content), cid])).length > 0;
  }

  /** Idempotent. */
  async remove(id: string): Promise<void> {
    await this.database.partialUpload.deleteMany({ where: { id } });
  }

  /** Announced to this node, and not here yet. */
  async bytesToCome(): Promise<number> {
    const [row] = await query(this.database, TO_COME, [this.node.id]);
    return Number(row?.bytes ?? 0);
  }

  /** Ids of this node's that are complete and no content yet; at most 1,000. */
  async complete(): Promise<string[]> {
    return (await query(this.database, COMPLETE, [this.node.id])).map(({ id }) => id);
  }

  /** Ids of this node's that expired, by the database's clock. */
  async expired(limit: number): Promise<string[]> {
    return (await query(this.database, EXPIRED, [this.node.id, limit])).map(({ id }) => id);
  }
}

interface Row {
  id: string;
  userId: string;
  kind: string;
  length: bigint;
  offset: bigint;
  metadata: string | null;
  options: unknown;
  parts: string[];
  state: string;
  contentId: bigint | null;
  cid: string | null;
  expiresAt: Date;
}

function uploadOf(row: Row): PartialUpload {
  return {
    ...row,
    userId: userId(row.userId),
    kind: row.kind as PartialUploadKind,
    length: Number(row.length),
    offset: Number(row.offset),
    options: row.options as PartialUploadOptions,
    state: row.state as PartialUpload['state'],
    contentId: row.contentId === null ? null : contentId(row.contentId),
  };
}
