import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { InvalidToken, TokenExpired } from '../domain/accounts.errors.js';
import type { Caller } from '../domain/caller.js';
import { effectiveScope } from '../domain/caller.js';
import { hashToken, looksLikeToken } from '../domain/api-key.js';
import { AccountStore } from '../ports/account-store.port.js';

/** A revoked key works no longer than this, in every process. */
const REMEMBER_MS = 500;
/** How stale `last_used_at` may be. */
const TOUCH_MS = 60_000;

interface Verdict {
  caller: Caller | null;
  lastUsedAt: Date | null;
}

/** Who holds this token. Thousands of requests a second with one key ask the database twice a second. */
@Injectable()
export class VerifyToken {
  private readonly verdicts: LRUCache<string, Verdict>;
  private readonly touched = new LRUCache<string, number>({ max: 10_000 });

  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {
    this.verdicts = new LRUCache<string, Verdict>({
      max: 10_000,
      ttl: REMEMBER_MS,
      ttlResolution: 0,
      perf: { now: () => clock.now().getTime() },
      fetchMethod: (hash) => this.look(hash),
    });
  }

  /**
   * A session of the page is shown by its cookie alone, everything else by the header alone: a cookie that leaks is no
   * token, a token in a cookie logs nobody in. @throws InvalidToken, TokenExpired
   */
  async run(token: string, shownBy: 'header' | 'cookie' = 'header'): Promise<Caller> {
    if (!looksLikeToken(token)) throw new InvalidToken('the token is not valid');
    const verdict = await this.verdicts.fetch(hashToken(token));
    if (!verdict?.caller) throw new InvalidToken('the token is not valid');
    const { caller } = verdict;
    if ((caller.keyKind === 'browser') !== (shownBy === 'cookie')) throw new InvalidToken('the token is not valid');
    if (caller.expiresAt !== null && caller.expiresAt <= this.clock.now())
      throw new TokenExpired('the token has expired');
    this.touch(caller.keyId, verdict.lastUsedAt);
    return caller;
  }

  private async look(hash: string): Promise<Verdict> {
    const found = await this.store.keyByHash(hash);
    if (!found || found.key.revokedAt !== null) return { caller: null, lastUsedAt: null };
    const { key, user, actor } = found;
    return {
      caller: {
        userId: user.id,
        username: user.username,
        role: user.role,
        scope: effectiveScope(key.scope, user.role),
        keyId: key.id,
        keyKind: key.kind,
        actor,
        expiresAt: key.expiresAt,
      },
      lastUsedAt: key.lastUsedAt,
    };
  }

  /** Nobody waits for this write, and losing one does no harm. */
  private touch(keyId: string, lastUsedAt: Date | null): void {
    const now = this.clock.now();
    const last = Math.max(this.touched.get(keyId) ?? 0, lastUsedAt?.getTime() ?? 0);
    if (now.getTime() - last < TOUCH_MS) return;
    this.touched.set(keyId, now.getTime());
    this.store
      .touchKey(keyId, now)
      .catch((error: unknown) =>
        this.logger.warn({ keyId, error: messageOf(error) }, 'last use of a key not recorded'),
      );
  }
}
