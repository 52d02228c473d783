import { Injectable } from '@nestjs/common';
import { Clock, type UserId } from '../../shared/index.js';
import { expiryOf } from '../domain/expiry.js';
import type { Scope } from '../domain/scope.js';
import { hashToken, newToken } from '../domain/token.js';
import { AccountStore, type ApiKey } from '../ports/account-store.port.js';

export interface CreatedApiKey {
  key: ApiKey;
  /** Shown this once; only its hash is kept. */
  token: string;
}

@Injectable()
export class CreateApiKey {
  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
  ) {}

  /** `expiry` as in expiryOf. @throws InvalidExpiry */
  async run(command: { userId: UserId; scope: Scope; label: string; expiry: string }): Promise<CreatedApiKey> {
    const { userId, scope, label, expiry } = command;
    const expiresAt = expiryOf(expiry, this.clock.now());
    const token = newToken();
    return { token, key: await this.store.addKey({ userId, scope, label, expiresAt, tokenHash: hashToken(token) }) };
  }
}
