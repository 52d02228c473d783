import { Injectable } from '@nestjs/common';
import { messageOf } from '../../shared/index.js';

export interface CheckResult {
  name: string;
  ok: boolean;
  detail?: string;
}

const CHECK_TIMEOUT_MS = 2_000;

/** What /ready asks: rooms and adapters register a check that throws, with a sentence, when their part is down. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, () => Promise<void>>();

  register(name: string, check: () => Promise<void>): void {
    this.checks.set(name, check);
  }

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
