import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '../../platform/prisma/index.js';
import type { UserId } from '../../shared/index.js';
import { InviteExists } from '../domain/accounts.errors.js';
import { type Invite, InviteStore } from '../ports/invite-store.port.js';

const names = { creator: { select: { username: true } }, claimer: { select: { username: true } } } as const;
type Row = Prisma.InviteGetPayload<{ include: typeof names }>;

/** Table `invites`. */
@Injectable()
export class PostgresInviteStore extends InviteStore {
  constructor(private readonly db: Database) {
    super();
  }

  /** The unique index decides. */
  async add(code: string, createdBy: UserId | null): Promise<Invite> {
    try {
      return inviteOf(await this.db.invite.create({ data: { code, createdBy }, include: names }));
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
        throw new InviteExists('this code is there already', { cause: error });
      throw error;
    }
  }

  /** By the unique index; used and revoked ones, too. */
  async find(code: string): Promise<Invite | null> {
    const row = await this.db.invite.findUnique({ where: { code }, include: names });
    return row && inviteOf(row);
  }

  /** In the order of ids, which is that of their making (keyset paging). */
  async list({ limit, after }: { limit: number; after?: string }): Promise<Invite[]> {
    const rows = await this.db.invite.findMany({
      orderBy: { id: 'desc' },
      take: limit,
      include: names,
      ...(after === undefined ? {} : { where: { id: { lt: after } } }),
    });
    return rows.map(inviteOf);
  }

  /** One conditional UPDATE. */
  async revoke(code: string, at: Date): Promise<boolean> {
    const { count } = await this.db.invite.updateMany({
      where: { code, claimedAt: null, revokedAt: null },
      data: { revokedAt: at },
    });
    return count > 0;
  }
}

function inviteOf({ id, code, creator, claimer, createdAt, claimedAt, revokedAt }: Row): Invite {
  return {
    id,
    code,
    createdBy: creator?.username ?? null,
    claimedBy: claimer?.username ?? null,
    createdAt,
    claimedAt,
    revokedAt,
  };
}
