import type { AccountEvent } from '../domain/account-event.js';
import type { Delivery, Webhook } from '../domain/webhook.js';

/** An event as in the stream and in what webhooks receive. */
export function presentEvent({ id, type, at, data }: AccountEvent) {
  return { id: id.toString(), type, at: at.toISOString(), data };
}

/** Without its secret. `failures`: attempts in a row that failed. */
export function presentWebhook({ id, url, types, enabled, failures, createdAt }: Webhook) {
  return { id, url, types, enabled, failures, createdAt: createdAt.toISOString() };
}

/** `status` and `error` are of the last attempt. */
export function presentDelivery(delivery: Delivery) {
  const { id, eventId, type, state, attempts, dueAt, status, error, deliveredAt, createdAt } = delivery;
  return {
    id: Number(id),
    eventId: eventId.toString(),
    type,
    state,
    attempts,
    nextAt: state === 'pending' ? dueAt.toISOString() : null,
    status,
    error,
    deliveredAt: deliveredAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
