import { Injectable } from '@nestjs/common';
import { Clock, type UserId } from '../../shared/index.js';
import { InvalidInvite, InvalidPassword, InviteAlreadyUsed, NoSession } from '../domain/accounts.errors.js';
import { hashToken, newToken } from '../domain/api-key.js';
import type { Caller, SessionKind } from '../domain/caller.js';
import { assertNewSecret } from '../domain/password.js';
import { usernameOf } from '../domain/username.js';
import { AccountStore, type ApiKey, type NewApiKey, type User } from '../ports/account-store.port.js';
import { CredentialStore } from '../ports/credential-store.port.js';
import { InviteStore } from '../ports/invite-store.port.js';
import { PasswordHashing } from './password-hashing.js';

const DAY_MS = 86_400_000;
/** Estuary's: a session lasts a month, the one that a registration begins a week. */
const SESSION_DAYS = 30;
const FIRST_SESSION_DAYS = 7;

/** A session, and the only sight of its token. */
export interface OpenedSession {
  user: User;
  key: ApiKey;
  token: string;
}

/**
 * Accounts made by invite, sessions begun by a password and ended. Who a password does not fit learns nothing: an
 * unknown name, a name without a password and a wrong password give one answer in one time.
 */
@Injectable()
export class LogIn {
  constructor(
    private readonly credentials: CredentialStore,
    private readonly accounts: AccountStore,
    private readonly invites: InviteStore,
    private readonly passwords: PasswordHashing,
    private readonly clock: Clock,
  ) {}

  /**
   * The invite is looked at first: without a good one nobody learns which names are taken, and nothing is hashed.
   * @throws InvalidUsername, WeakPassword, InvalidInvite, InviteAlreadyUsed, UsernameTaken, TooManyLogins
   */
  async register(command: { username: string; secret: string; inviteCode: string }): Promise<OpenedSession> {
    const username = usernameOf(command.username);
    assertNewSecret(command.secret, username);
    await this.assertInvite(command.inviteCode);
    const passwordHash = await this.passwords.hash(command.secret);
    const { token, ...session } = newSession('session', this.clock.now(), '', FIRST_SESSION_DAYS);
    const made = await this.credentials.register(
      { username, passwordHash, inviteCode: command.inviteCode, session: { ...session, scope: 'user' } },
      this.clock.now(),
    );
    return { ...made, token };
  }

  /** @throws InvalidPassword, TooManyLogins */
  async run(command: { username: string; secret: string; kind: SessionKind; label?: string }): Promise<OpenedSession> {
    const found = await this.credentials.named(command.username.trim().toLowerCase());
    const kept = found?.passwordHash ?? null;
    const same = await this.passwords.matches(command.secret, kept);
    if (!same || !found || kept === null) throw wrong();
    const { user } = found;
    const { token, ...session } = newSession(command.kind, this.clock.now(), command.label);
    const key = await this.credentials.openSession(
      { ...session, userId: user.id, scope: user.role },
      kept,
      this.clock.now(),
    );
    if (!key) throw wrong();
    return { user, key, token };
  }

  /** Ends the session that asks; a second time it is no caller any more. @throws NoSession for an API key */
  async logout(caller: Caller): Promise<void> {
    if (caller.keyKind === 'key')
      throw new NoSession('this is an API key, not a session; it is revoked by DELETE /user/api-keys/{key}');
    await this.accounts.revokeKey(caller.userId, { id: caller.keyId }, this.clock.now());
  }

  /**
   * Every other session of the account ends; API keys stay. An account that has no password yet gets its first one
   * without an old one. @throws InvalidPassword, WeakPassword, TooManyLogins
   */
  async changePassword(caller: Caller, change: { old: string | null; next: string }): Promise<void> {
    assertNewSecret(change.next, caller.username);
    const kept = (await this.credentials.of(caller.userId))?.passwordHash ?? null;
    if (kept !== null && !(await this.passwords.matches(change.old ?? '', kept))) throw wrongOld();
    const next = await this.passwords.hash(change.next);
    const changed = await this.credentials.changePassword(
      caller.userId,
      { old: kept, next, keep: caller.keyId },
      this.clock.now(),
    );
    if (!changed) throw wrongOld();
  }

  /** Where deals would be paid from or to; '' takes it away. What it may be is checked by the route. */
  async setAddress(user: UserId, address: string): Promise<void> {
    await this.credentials.setAddress(user, address);
  }

  /** Before anything is hashed; the claim itself decides. */
  private async assertInvite(code: string): Promise<void> {
    const invite = await this.invites.find(code);
    if (!invite || (invite.revokedAt !== null && invite.claimedAt === null))
      throw new InvalidInvite('no such invite', { details: { fields: ['inviteCode'] } });
    if (invite.claimedAt !== null)
      throw new InviteAlreadyUsed('this invite was used', { details: { fields: ['inviteCode'] } });
  }
}

/** The row of a session and its token; the label says what logged in. */
export function newSession(
  kind: SessionKind,
  now: Date,
  label = '',
  days = SESSION_DAYS,
): Omit<NewApiKey, 'userId' | 'scope'> & { token: string } {
  const token = newToken();
  const expiresAt = new Date(now.getTime() + days * DAY_MS);
  return { token, tokenHash: hashToken(token), label: label || 'session', kind, expiresAt };
}

function wrong(): InvalidPassword {
  return new InvalidPassword('the user name or the password is wrong', {
    details: { fields: ['username', 'password'] },
  });
}

function wrongOld(): InvalidPassword {
  return new InvalidPassword('the old password is wrong', { details: { fields: ['oldPassword'] } });
}
