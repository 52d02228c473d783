import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, type UserId } from '../../shared/index.js';
import { InvalidInvite, InviteAlreadyUsed } from '../domain/accounts.errors.js';
import { type Invite, InviteStore } from '../ports/invite-store.port.js';

/** Of a code that we make: 128 bits, nobody finds one by trying. */
const CODE_BYTES = 16;

/** The operator's invites: made, listed, taken back. */
@Injectable()
export class InviteRegistry {
  constructor(
    private readonly store: InviteStore,
    private readonly clock: Clock,
  ) {}

  /** Without a code one is made up. @throws InviteExists */
  async create(command: { code?: string; createdBy: UserId | null }): Promise<Invite> {
    return this.store.add(command.code ?? randomBytes(CODE_BYTES).toString('base64url'), command.createdBy);
  }

  /** Newest first; the next page with `after` = the last id. */
  async list(page: { limit: number; after?: string }): Promise<Invite[]> {
    return this.store.list(page);
  }

  /** From here on nobody can use it. @throws InvalidInvite, InviteAlreadyUsed */
  async revoke(code: string): Promise<void> {
    if (await this.store.revoke(code, this.clock.now())) return;
    const invite = await this.store.find(code);
    if (invite?.claimedAt) throw new InviteAlreadyUsed('this invite was used: it made an account');
    throw new InvalidInvite('no such invite');
  }
}
