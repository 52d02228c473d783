import { Injectable } from '@nestjs/common';
import { messageOf } from '../../shared/index.js';

/** What came of one check; `detail` is the sentence for people, only when it is down. */
export interface CheckResult {
  name: string;
  ok: boolean;
  detail?: string;
}

/** A check without an answer in this time counts as down; it is not cancelled. */
const CHECK_TIMEOUT_MS = 2_000;

/** What /ready asks: rooms and adapters register a check that throws, with a sentence, when their part is down. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, () => Promise<void>>();

  /**
   * Adds a check, in place of an earlier one of this name. It is asked at every /ready and every heartbeat, so it must
   * be cheap.
   */
  register(name: string, check: () => Promise<void>): void {
    this.checks.set(name, check);
  }

  /** All checks at once, in the order of registration. Never rejects. */
  async run(): Promise<CheckResult[]> {
    return Promise.all(
      [...this.checks].map(async ([name, check]) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new Error('no answer in 2 s')), CHECK_TIMEOUT_MS);
        });
        try {
          await Promise.race([check(), late]);
          return { name, ok: true };
        } catch (error) {
          return { name, ok: false, detail: messageOf(error) };
        } finally {
          clearTimeout(timer);
        }
      }),
    );
  }
}
