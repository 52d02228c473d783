import { Injectable } from '@nestjs/common';
import { Clock, type UserId } from '../../shared/index.js';
import { ApiKeyNotFound } from '../domain/accounts.errors.js';
import { hashToken, looksLikeToken } from '../domain/token.js';
import { AccountStore } from '../ports/account-store.port.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
  ) {}

  /** The user's key by its token, its hash or its id. @throws ApiKeyNotFound when there is no such living key of this user. */
  async run(command: { userId: UserId; key: string }): Promise<void> {
    const { userId, key } = command;
    const which = UUID.test(key) ? { id: key } : { tokenHash: looksLikeToken(key) ? hashToken(key) : key };
    if (!(await this.store.revokeKey(userId, which, this.clock.now()))) throw new ApiKeyNotFound('no such key');
  }
}
