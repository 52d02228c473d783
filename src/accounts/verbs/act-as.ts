import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { NotAuthorized } from '../domain/accounts.errors.js';
import type { Caller } from '../domain/caller.js';
import { AccountStore } from '../ports/account-store.port.js';
import { newSession, type OpenedSession } from './log-in.js';
import { UserRegistry } from './user-registry.js';

const LIFETIME_MS = 60 * 60_000;

/**
 * An admin looks at the platform as a user does: by a session of that user which ends after an hour, makes no keys and
 * changes no password, and whose every act is written down with both names. The user sees it among their sessions,
 * and may end it.
 */
@Injectable()
export class ActAs {
  constructor(
    private readonly store: AccountStore,
    private readonly users: UserRegistry,
    private readonly clock: Clock,
  ) {}

  /** @throws UserNotFound, NotAuthorized for another admin */
  async run(admin: Caller, username: string): Promise<OpenedSession> {
    const user = await this.users.named(username);
    if (user.role === 'admin') throw new NotAuthorized('nobody acts as an admin');
    const now = this.clock.now();
    const { token, ...session } = newSession('session', now, `${admin.username} acts as ${user.username}`);
    const key = await this.store.addKey({
      ...session,
      userId: user.id,
      scope: 'user',
      expiresAt: new Date(now.getTime() + LIFETIME_MS),
      actedBy: admin.userId,
    });
    return { user, key, token };
  }
}

/** What outlasts the hour is not for who acts in another's name. @throws NotAuthorized */
export function refuseActing(caller: Caller): void {
  if (caller.actor !== null)
    throw new NotAuthorized(
      `${caller.actor} acts as ${caller.username}: keys, passwords and the account are its owner's`,
    );
}
