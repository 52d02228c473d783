import { Injectable } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import { UserNotFound } from '../domain/accounts.errors.js';
import type { Role } from '../domain/caller.js';
import { usernameOf } from '../domain/username.js';
import { AccountStore, type User } from '../ports/account-store.port.js';

/** Who has an account here. Names are one case, as in Estuary: `Ann` and `ann` are one person. */
@Injectable()
export class UserRegistry {
  constructor(private readonly store: AccountStore) {}

  /** @throws InvalidUsername, UsernameTaken */
  async create(command: { username: string; role: Role }): Promise<User> {
    return this.store.addUser(usernameOf(command.username), command.role);
  }

  /** @throws UserNotFound */
  async named(username: string): Promise<User> {
    const user = await this.store.userByName(username.trim().toLowerCase());
    if (!user) throw new UserNotFound(`no user ${username}`);
    return user;
  }

  /** Oldest first; the next page with `after` = the last id. */
  async list(page: { limit: number; after?: UserId }): Promise<User[]> {
    return this.store.listUsers(page);
  }
}
