import { createHmac } from 'node:crypto';
import type { Json, UserId } from '../../shared/index.js';

/** Webhooks of one account, at most. */
export const MOST_WEBHOOKS = 20;

/** Where an account is told of its events. `types` empty: of all. */
export interface Webhook {
  id: string;
  userId: UserId;
  url: string;
  types: string[];
  enabled: boolean;
  /** Attempts in a row that failed. */
  failures: number;
  createdAt: Date;
}

/** One event on its way to one webhook. */
export interface Delivery {
  id: bigint;
  eventId: bigint;
  type: string;
  state: string;
  attempts: number;
  dueAt: Date;
  status: number | null;
  error: string | null;
  deliveredAt: Date | null;
  createdAt: Date;
}

/** A delivery that somebody has leased. `round` is the fence: who settles has to name it. */
export interface ClaimedDelivery {
  id: bigint;
  webhookId: string;
  round: number;
  attempts: number;
  url: string;
  secret: string;
  eventId: bigint;
  type: string;
  data: Json;
  at: Date;
}

/** What became of an attempt. `error` null: the receiver has taken it. */
export interface Attempt {
  status: number | null;
  error: string | null;
}

/** What is sent: the same text in every attempt, so that a receiver can tell repeats by `id`. */
export function bodyOf({ eventId, type, at, data }: Pick<ClaimedDelivery, 'eventId' | 'type' | 'at' | 'data'>): string {
  return JSON.stringify({ id: eventId.toString(), type, at: at.toISOString(), data });
}

/**
 * `t=<Unix seconds>,v1=<hex>`: HMAC-SHA-256 by the secret over `<t>.<body>`, as Stripe signs. Receivers should refuse
 * times that are more than five minutes away.
 */
export function signatureOf(secret: string, body: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** Seconds until the next attempt after so many have failed; null: that was the last. */
export function waitAfter(attempts: number, table: readonly number[]): number | null {
  return table[attempts - 1] ?? null;
}

/** How long a receiver that failed so often in a row is left alone altogether: up to five minutes. */
export function quietSeconds(failures: number): number {
  return Math.min(300, 5 * 2 ** Math.min(failures, 10));
}
