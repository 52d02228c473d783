import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { InvalidLoginLink } from '../domain/accounts.errors.js';
import { hashToken } from '../domain/api-key.js';
import { AccountStore } from '../ports/account-store.port.js';
import { LoginLinkStore } from '../ports/login-link-store.port.js';
import { newSession, type OpenedSession } from './log-in.js';
import { UserRegistry } from './user-registry.js';

const LIFETIME_MS = 15 * 60_000;
const TOKEN_BYTES = 32;

/** Links by which a person at the console comes to the page without a password: once, within 15 minutes. */
@Injectable()
export class LoginLinks {
  private readonly users: UserRegistry;

  constructor(
    private readonly store: LoginLinkStore,
    accounts: AccountStore,
    private readonly clock: Clock,
  ) {
    this.users = new UserRegistry(accounts);
  }

  /** The path of a new one, `/login/once/<token>`; its only sight. @throws UserNotFound */
  async create(username: string): Promise<string> {
    const user = await this.users.named(username);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIFETIME_MS);
    await this.store.add({ tokenHash: hashToken(token), userId: user.id, expiresAt }, now);
    return `/login/once/${token}`;
  }

  /** Changes nothing. @throws InvalidLoginLink */
  async assertGood(token: string): Promise<void> {
    if (!(await this.store.isGood(hashToken(token), this.clock.now()))) throw dead();
  }

  /** Begins a session of the page. @throws InvalidLoginLink for an unknown, a used and an expired one alike */
  async use(token: string, label: string): Promise<OpenedSession> {
    const now = this.clock.now();
    const { token: opened, ...session } = newSession('browser', now, label);
    const used = await this.store.use(hashToken(token), session, now);
    if (!used) throw dead();
    return { ...used, token: opened };
  }
}

function dead(): InvalidLoginLink {
  return new InvalidLoginLink(
    'this link was used or is older than 15 minutes; on the machine of the platform, npm run cli -- login:link <user> prints a new one',
  );
}
