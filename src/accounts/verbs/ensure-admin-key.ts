import { InvalidToken, NotAuthorized, TokenExpired, UsernameTaken } from '../domain/accounts.errors.js';
import { AccountStore, type User } from '../ports/account-store.port.js';
import { ApiKeyRegistry } from './api-key-registry.js';
import { VerifyToken } from './verify-token.js';

const ADMIN = 'admin';

/** Where a person finds a key. */
export interface KeyFile {
  /** The token inside, or null when there is no file. */
  read(): Promise<string | null>;
  /** Durable and whole, or not at all; readable by its owner alone. */
  write(token: string): Promise<void>;
}

/**
 * The first admin, and a file with a key of theirs that works. Running it again changes nothing while that file is
 * good.
 */
export class EnsureAdminKey {
  constructor(
    private readonly store: AccountStore,
    private readonly verifyToken: VerifyToken,
    private readonly keys: ApiKeyRegistry,
  ) {}

  /** Says whether a key was made. @throws NotAuthorized when the user called admin is none. */
  async run(file: KeyFile): Promise<{ created: boolean }> {
    const token = await file.read();
    if (token !== null && (await this.works(token))) return { created: false };
    const admin = await this.admin();
    const made = await this.keys.create({ userId: admin.id, scope: 'admin', label: 'admin.key', expiry: 'false' });
    await file.write(made.token);
    return { created: true };
  }

  private async works(token: string): Promise<boolean> {
    try {
      return (await this.verifyToken.run(token)).scope === 'admin';
    } catch (error) {
      if (error instanceof InvalidToken || error instanceof TokenExpired) return false;
      throw error;
    }
  }

  private async admin(): Promise<User> {
    const user = (await this.store.userByName(ADMIN)) ?? (await this.addAdmin());
    if (user.role !== 'admin') throw new NotAuthorized(`the user ${ADMIN} exists and is no admin`);
    return user;
  }

  private async addAdmin(): Promise<User> {
    try {
      return await this.store.addUser(ADMIN, 'admin');
    } catch (error) {
      const other = error instanceof UsernameTaken ? await this.store.userByName(ADMIN) : null;
      if (!other) throw error;
      return other;
    }
  }
}
