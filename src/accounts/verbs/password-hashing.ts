import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { TooManyLogins } from '../domain/accounts.errors.js';

/**
 * argon2id (the package's default) with 19 MiB, two passes, one thread: OWASP's Password Storage Cheat Sheet. Salt and
 * parameters stand in the text, so that they may change without anybody's password.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** They run on the same threads as reads and syncs of files, of which there are four: half stays free. */
const MOST_AT_ONCE = 2;
/** Who comes behind these is sent away: each takes some 30 ms. */
const MOST_WAITING = 64;
/** Of a secret that nobody knows: what is compared when there is no account, so that the answer takes as long. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$kLSxi8juCt5BqI7iP5IOwg$4xxssIG8qxJ4ONGFGzVzQqtMZSwrJ7TygwTZMqxGBlg';

/** Passwords become hashes, and are compared with them: two at once, 64 more wait, the next are refused. */
@Injectable()
export class PasswordHashing {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** The PHC text of a secret, with a salt of its own. @throws TooManyLogins */
  async hash(secret: string): Promise<string> {
    return this.inTurn(() => hash(secret, PARAMETERS));
  }

  /**
   * Whether the secret is the one of the hash; null stands for an account that is not there or has none: never, and it
   * takes the same time. @throws TooManyLogins
   */
  async matches(secret: string, kept: string | null): Promise<boolean> {
    const same = await this.inTurn(() => verify(kept ?? NOBODYS, secret));
    return same && kept !== null;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MOST_AT_ONCE) {
      if (this.waiting.length >= MOST_WAITING)
        throw new TooManyLogins('too many people log in at this moment', { retryAfterMs: 2_000 });
      // Whoever ends hands its turn on: `running` stays.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
