import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { PostgresAccountEventStore } from '../store/postgres-account-event.store.js';

const DAY_MS = 86_400_000;

/** Events older than EVENTS_KEEP_DAYS go, with their deliveries. A part at a time; may be ended at any moment. */
@Injectable()
export class ForgetEvents {
  constructor(
    private readonly store: PostgresAccountEventStore,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.config.values.EVENTS_KEEP_DAYS * DAY_MS);
    while ((await this.store.forget(before)) > 0) signal.throwIfAborted();
  }
}
