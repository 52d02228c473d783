import { Injectable } from '@nestjs/common';
import { Database, Prisma, query, type Tx } from '../../platform/prisma/index.js';
import type { UserId } from '../../shared/index.js';
import { InvalidInvite, InviteAlreadyUsed, UsernameTaken } from '../domain/accounts.errors.js';
import type { ApiKey, NewApiKey, User } from '../ports/account-store.port.js';
import { type Credentials, CredentialStore, type Registration } from '../ports/credential-store.port.js';
import { HOLD_PASSWORD } from './accounts.sql.js';
import { keyOf, userOf } from './postgres-account.store.js';

/** Sessions that ended are kept for so long: their tokens answer that they have expired. */
const FORGET_AFTER_MS = 7 * 86_400_000;
const SESSIONS = { not: 'key' } as const;

/** Tables `users`, `api_keys` and `invites`, where a password decides. */
@Injectable()
export class PostgresCredentialStore extends CredentialStore {
  constructor(private readonly db: Database) {
    super();
  }

  async named(username: string): Promise<Credentials | null> {
    return credentialsOf(await this.db.user.findUnique({ where: { username } }));
  }

  async of(id: UserId): Promise<Credentials | null> {
    return credentialsOf(await this.db.user.findUnique({ where: { id } }));
  }

  /** The invite's row is the lock: a second claim waits for the first one's end, and finds it claimed or free. */
  async register(registration: Registration, at: Date): Promise<{ user: User; key: ApiKey }> {
    const { username, passwordHash, inviteCode, session } = registration;
    return this.db.transaction(async (tx) => {
      await claimInvite(tx, inviteCode, at);
      const row = await tx.user.create({ data: { username, passwordHash } }).catch((error: unknown) => {
        if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
          throw new UsernameTaken(`the name ${username} is taken`, { details: { fields: ['username'] } });
        throw error;
      });
      await tx.invite.update({ where: { code: inviteCode }, data: { claimedBy: row.id } });
      return { user: userOf(row), key: keyOf(await tx.apiKey.create({ data: { ...session, userId: row.id } })) };
    });
  }

  /** Under a shared lock of the user's row: a change of the password at the same time revokes it, or refuses it. */
  async openSession(session: NewApiKey, passwordHash: string, at: Date): Promise<ApiKey | null> {
    return this.db.transaction(async (tx) => {
      const held = await query(tx, HOLD_PASSWORD, [session.userId, passwordHash]);
      if (held.length === 0) return null;
      await tx.apiKey.deleteMany({
        where: {
          userId: session.userId,
          kind: SESSIONS,
          expiresAt: { lt: new Date(at.getTime() - FORGET_AFTER_MS) },
        },
      });
      return keyOf(await tx.apiKey.create({ data: session }));
    });
  }

  /** The UPDATE of the user's row comes first: it waits for sessions that are being opened. */
  async changePassword(
    id: UserId,
    { old, next, keep }: { old: string | null; next: string; keep: string },
    at: Date,
  ): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const { count } = await tx.user.updateMany({
        where: { id, passwordHash: old },
        data: { passwordHash: next },
      });
      if (count === 0) return false;
      await tx.apiKey.updateMany({
        where: { userId: id, kind: SESSIONS, revokedAt: null, id: { not: keep } },
        data: { revokedAt: at },
      });
      return true;
    });
  }

  /** The last one written stands. */
  async setAddress(id: UserId, address: string): Promise<void> {
    await this.db.user.update({ where: { id }, data: { address } });
  }
}

async function claimInvite(tx: Tx, code: string, at: Date): Promise<void> {
  const { count } = await tx.invite.updateMany({
    where: { code, claimedAt: null, revokedAt: null },
    data: { claimedAt: at },
  });
  if (count > 0) return;
  const invite = await tx.invite.findUnique({ where: { code } });
  if (invite?.claimedAt) throw new InviteAlreadyUsed('this invite was used', { details: { fields: ['inviteCode'] } });
  throw new InvalidInvite('no such invite', { details: { fields: ['inviteCode'] } });
}

function credentialsOf(row: Prisma.UserGetPayload<object> | null): Credentials | null {
  return row && { user: userOf(row), passwordHash: row.passwordHash };
}
