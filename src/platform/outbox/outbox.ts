import { Injectable } from '@nestjs/common';
import type { Json } from '../../shared/index.js';
import { execute, type Tx } from '../prisma/index.js';
import type { EventDefinition } from './define-event.js';
import { ADD_EVENTS } from './outbox.sql.js';

/**
 * Announces facts: rows in the same transaction as the change they speak of, so that neither exists without the other
 * (transactional outbox). Subscribers get each event at least once, after the commit; two events may arrive in either
 * order.
 */
@Injectable()
export class Outbox {
  /** Adds one event. @throws ZodError when the payload is not what the event promises; nothing is written then. */
  add<P extends Json>(tx: Tx, event: EventDefinition<P>, payload: P): Promise<void> {
    return this.addMany(tx, event, [payload]);
  }

  /**
   * Events of one kind, in the order given; one statement, which also wakes the relay when the transaction commits.
   * @throws ZodError as `add` does.
   */
  async addMany<P extends Json>(tx: Tx, event: EventDefinition<P>, payloads: readonly P[]): Promise<void> {
    if (payloads.length > 0) await execute(tx, ADD_EVENTS, [event.name, textsOf(event, payloads)]);
  }
}

function textsOf<P extends Json>(event: EventDefinition<P>, payloads: readonly P[]): string[] {
  return payloads.map((payload) => JSON.stringify(event.payload.parse(payload)));
}
