import { Injectable } from '@nestjs/common';
import { Database, execute, query } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import type { ClaimedDelivery, Delivery, Webhook } from '../domain/webhook.js';
import { ADD_IN_TURN, ADD_WEBHOOK, CLAIM, DELIVERED, DELIVERIES, NOT_DELIVERED, REPLAY } from './webhooks.sql.js';

/** What an owner may change of a webhook. */
export interface WebhookChange {
  url?: string | undefined;
  types?: string[] | undefined;
  enabled?: boolean | undefined;
}

/** Webhooks and what is on its way to them (`webhooks`, `webhook_deliveries`). */
@Injectable()
export class PostgresWebhookStore {
  constructor(private readonly database: Database) {}

  /** False when the account has as many as it may have. */
  async add(webhook: Pick<Webhook, 'id' | 'userId' | 'url' | 'types'>, secret: string, most: number): Promise<boolean> {
    const { id, userId: user, url, types } = webhook;
    return this.database.transaction(async (tx) => {
      await execute(tx, ADD_IN_TURN, [user]);
      return (await query(tx, ADD_WEBHOOK, [id, user, url, types, secret, most])).length > 0;
    });
  }

  /** Oldest first. */
  async ofUser(user: UserId): Promise<Webhook[]> {
    const rows = await this.database.webhook.findMany({
      where: { userId: user },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      omit: { secret: true, quietUntil: true },
    });
    return rows.map((row) => ({ ...row, userId: userId(row.userId) }));
  }

  /** Null: no such webhook, or another account's. */
  async find(user: UserId, id: string): Promise<Webhook | null> {
    const row = await this.database.webhook.findFirst({
      where: { id, userId: user },
      omit: { secret: true, quietUntil: true },
    });
    return row && { ...row, userId: userId(row.userId) };
  }

  /** False: no such webhook. What waits for it is tried at once. */
  async change(user: UserId, id: string, { url, types, enabled }: WebhookChange): Promise<boolean> {
    const { count } = await this.database.webhook.updateMany({
      where: { id, userId: user },
      data: {
        failures: 0,
        quietUntil: null,
        ...(url === undefined ? {} : { url }),
        ...(types === undefined ? {} : { types }),
        ...(enabled === undefined ? {} : { enabled }),
      },
    });
    return count > 0;
  }

  /** With all its deliveries. False: no such webhook. */
  async remove(user: UserId, id: string): Promise<boolean> {
    return (await this.database.webhook.deleteMany({ where: { id, userId: user } })).count > 0;
  }

  /** Of one webhook, newest first. */
  async deliveries(
    webhookId: string,
    { before, state, limit }: { before: bigint | null; state: string | null; limit: number },
  ): Promise<Delivery[]> {
    const rows = await query(this.database, DELIVERIES, [webhookId, before, state, limit]);
    return rows.map((row) => ({
      id: row.id,
      eventId: row.event_id,
      type: row.type,
      state: row.state,
      attempts: row.attempts,
      dueAt: row.due_at,
      status: row.status,
      error: row.error,
      deliveredAt: row.delivered_at,
      createdAt: row.created_at,
    }));
  }

  /** False: no such delivery of a webhook of this account. */
  async replay(user: UserId, webhookId: string, id: bigint): Promise<boolean> {
    return (await query(this.database, REPLAY, [id, webhookId, user])).length > 0;
  }

  /** Leases up to `limit` due deliveries, of as many webhooks. */
  async claim(limit: number, leaseSeconds: number): Promise<ClaimedDelivery[]> {
    const rows = await query(this.database, CLAIM, [limit, leaseSeconds]);
    return rows.map(({ webhook_id, event_id, ...row }) => ({ ...row, webhookId: webhook_id, eventId: event_id }));
  }

  /** Does nothing when the lease is somebody else's by now. */
  async delivered({ id, round }: ClaimedDelivery, status: number): Promise<void> {
    await execute(this.database, DELIVERED, [id, round, status]);
  }

  /** `waitSeconds` null: that was the last attempt. Does nothing when the lease is somebody else's by now. */
  async notDelivered(
    { id, round }: ClaimedDelivery,
    { status, error }: { status: number | null; error: string },
    { waitSeconds, quietSeconds }: { waitSeconds: number | null; quietSeconds: number },
  ): Promise<void> {
    await execute(this.database, NOT_DELIVERED, [id, round, status, error, waitSeconds, quietSeconds]);
  }
}
