import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { Json } from '../../shared/index.js';
import type { Tx } from '../prisma/index.js';
import type { EventDefinition } from './define-event.js';

/** The channel on which the database wakes the relay when a transaction with events commits. */
export const OUTBOX_CHANNEL = 'tidewater_outbox';

/** Announces facts: a row in the same transaction as the change it speaks of, so that neither exists without the other. */
@Injectable()
export class Outbox {
  async add<P extends Json>(tx: Tx, event: EventDefinition<P>, payload: P): Promise<void> {
    await tx.outboxEvent.create({ data: { name: event.name, payload: event.payload.parse(payload) as object } });
    await tx.$executeRawUnsafe(`NOTIFY ${OUTBOX_CHANNEL}`);
  }

  /** The same for hot paths that hold a plain client inside BEGIN .. COMMIT. */
  async addRaw<P extends Json>(client: PoolClient, event: EventDefinition<P>, payload: P): Promise<void> {
    await this.addManyRaw(client, event, [payload]);
  }

  async addManyRaw<P extends Json>(client: PoolClient, event: EventDefinition<P>, payloads: P[]): Promise<void> {
    await client.query('INSERT INTO outbox (name, payload) SELECT $1, unnest($2::text[])::jsonb', [
      event.name,
      payloads.map((payload) => JSON.stringify(payload)),
    ]);
    await client.query(`NOTIFY ${OUTBOX_CHANNEL}`);
  }
}
