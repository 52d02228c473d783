import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '../../platform/prisma/index.js';
import type { Json } from '../../shared/index.js';
import { type AuditEntry, type AuditFilter, AuditLog, type NewAuditEntry } from '../ports/audit-log.port.js';

/** Table `audit_entries`. Times are the database's. */
@Injectable()
export class PostgresAuditLog extends AuditLog {
  constructor(private readonly db: Database) {
    super();
  }

  async add({ target, ...entry }: NewAuditEntry): Promise<string> {
    const { id } = await this.db.auditEntry.create({
      data: { ...entry, target: target as Prisma.InputJsonObject },
      select: { id: true },
    });
    return id.toString();
  }

  /** The first result stands. */
  async finish(id: string, status: number): Promise<void> {
    await this.db.auditEntry.updateMany({ where: { id: BigInt(id), status: null }, data: { status } });
  }

  /** Keyset paging by the primary key, or by the index of a name and the id. */
  async list({ limit, before, ...filter }: { limit: number; before?: string } & AuditFilter): Promise<AuditEntry[]> {
    const rows = await this.db.auditEntry.findMany({
      where: { ...filter, ...(before === undefined ? {} : { id: { lt: BigInt(before) } }) },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map((row) => ({ ...row, id: row.id.toString(), target: row.target as Record<string, Json> }));
  }
}
