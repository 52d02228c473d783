import type { UserId } from '../../shared/index.js';

/** A code by which one account may be made. */
export interface Invite {
  id: string;
  code: string;
  /** Names; null: made by the command line, or the account is gone. */
  createdBy: string | null;
  claimedBy: string | null;
  createdAt: Date;
  /** Null: unused. */
  claimedAt: Date | null;
  /** Null: good, as long as it is unused. */
  revokedAt: Date | null;
}

/** Invites. They are claimed where accounts are made (`CredentialStore.register`). */
export abstract class InviteStore {
  /** @throws InviteExists */
  abstract add(code: string, createdBy: UserId | null): Promise<Invite>;
  abstract find(code: string): Promise<Invite | null>;
  /** Newest first; `after`: the id of the last of the page before. */
  abstract list(page: { limit: number; after?: string }): Promise<Invite[]>;
  /** False when it is not there, used or revoked. Of a claim and this at once, one succeeds. */
  abstract revoke(code: string, at: Date): Promise<boolean>;
}
