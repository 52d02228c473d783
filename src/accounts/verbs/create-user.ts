import { Injectable } from '@nestjs/common';
import type { Role } from '../domain/scope.js';
import { usernameOf } from '../domain/username.js';
import { AccountStore, type User } from '../ports/account-store.port.js';

@Injectable()
export class CreateUser {
  constructor(private readonly store: AccountStore) {}

  /** @throws InvalidUsername, UsernameTaken */
  async run(command: { username: string; role: Role }): Promise<User> {
    return this.store.addUser(usernameOf(command.username), command.role);
  }
}
