import { Injectable } from '@nestjs/common';
import { Clock, type UserId } from '../../shared/index.js';
import { ApiKeyNotFound } from '../domain/accounts.errors.js';
import { expiryOf, hashToken, looksLikeToken, newToken } from '../domain/api-key.js';
import type { Scope } from '../domain/caller.js';
import { AccountStore, type ApiKey } from '../ports/account-store.port.js';

/** A new key, and the only sight of its token. */
export interface CreatedApiKey {
  key: ApiKey;
  /** Shown this once; only its hash is kept. */
  token: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The keys of users: made, listed, revoked. */
@Injectable()
export class ApiKeyRegistry {
  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
  ) {}

  /** That a key could be made with it. @throws InvalidExpiry */
  assertExpiry(expiry: string): void {
    expiryOf(expiry, this.clock.now());
  }

  /** `expiry` as `expiryOf` reads it. @throws InvalidExpiry */
  async create(command: { userId: UserId; scope: Scope; label: string; expiry: string }): Promise<CreatedApiKey> {
    const { userId, scope, label, expiry } = command;
    const expiresAt = expiryOf(expiry, this.clock.now());
    const token = newToken();
    return { token, key: await this.store.addKey({ userId, scope, label, expiresAt, tokenHash: hashToken(token) }) };
  }

  /** Those that were not revoked, newest first: keys and bearer sessions; sessions of the page are not keys to anybody. */
  async ofUser(userId: UserId): Promise<ApiKey[]> {
    return (await this.store.keysOf(userId)).filter(({ kind }) => kind !== 'browser');
  }

  /** Those that neither ended nor expired, newest first. */
  async sessionsOf(userId: UserId): Promise<ApiKey[]> {
    const now = this.clock.now();
    return (await this.store.keysOf(userId)).filter(
      ({ kind, expiresAt }) => kind !== 'key' && (expiresAt === null || expiresAt > now),
    );
  }

  /** @throws ApiKeyNotFound when it is no living session of this user */
  async endSession({ userId, id }: { userId: UserId; id: string }): Promise<void> {
    const found = UUID.test(id) && (await this.sessionsOf(userId)).some((session) => session.id === id.toLowerCase());
    if (!found || !(await this.store.revokeKey(userId, { id }, this.clock.now())))
      throw new ApiKeyNotFound('no such session');
  }

  /** All but `keep`, in one statement. */
  async endSessions({ userId, keep }: { userId: UserId; keep: string }): Promise<void> {
    await this.store.revokeSessions(userId, keep, this.clock.now());
  }

  /**
   * The user's key by its token, its hash or its id.
   * @throws ApiKeyNotFound when there is no such living key of this user.
   */
  async revoke(command: { userId: UserId; key: string }): Promise<void> {
    const { userId, key } = command;
    const which = UUID.test(key) ? { id: key } : { tokenHash: looksLikeToken(key) ? hashToken(key) : key };
    if (!(await this.store.revokeKey(userId, which, this.clock.now()))) throw new ApiKeyNotFound('no such key');
  }
}
