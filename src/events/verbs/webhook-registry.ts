import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { AddressPolicy, AddressRefused } from '../../platform/net/index.js';
import { Notifications } from '../../platform/notifications/index.js';
import type { UserId } from '../../shared/index.js';
import { ACCOUNT_EVENTS_CHANNEL } from '../domain/account-event.js';
import { TooManyWebhooks, WebhookAddressRefused, WebhookNotFound } from '../domain/events.errors.js';
import { MOST_WEBHOOKS, type Delivery, type Webhook } from '../domain/webhook.js';
import { PostgresWebhookStore, type WebhookChange } from '../store/postgres-webhook.store.js';

/** An account's webhooks. Another account's are not there. */
@Injectable()
export class WebhookRegistry {
  private readonly policy: AddressPolicy;

  constructor(
    private readonly store: PostgresWebhookStore,
    private readonly notifications: Notifications,
    config: AppConfig,
  ) {
    this.policy = new AddressPolicy(config.values.WEBHOOKS_DIAL_PRIVATE ?? []);
  }

  /**
   * The secret is in this answer and nowhere else. A name is judged when something is sent, a number at once.
   * @throws WebhookAddressRefused, TooManyWebhooks
   */
  async create(user: UserId, url: string, types: string[]): Promise<{ webhook: Webhook; secret: string }> {
    this.assertMayLead(url);
    const id = randomUUID();
    const secret = `whsec_${randomBytes(32).toString('base64url')}`;
    if (!(await this.store.add({ id, userId: user, url, types }, secret, MOST_WEBHOOKS)))
      throw new TooManyWebhooks(MOST_WEBHOOKS);
    return { webhook: await this.find(user, id), secret };
  }

  /** Oldest first. */
  list(user: UserId): Promise<Webhook[]> {
    return this.store.ofUser(user);
  }

  /** @throws WebhookNotFound */
  async find(user: UserId, id: string): Promise<Webhook> {
    const found = await this.store.find(user, id);
    if (!found) throw new WebhookNotFound();
    return found;
  }

  /** What is not named stays; what waits is tried at once. @throws WebhookNotFound, WebhookAddressRefused */
  async change(user: UserId, id: string, change: WebhookChange): Promise<Webhook> {
    if (change.url !== undefined) this.assertMayLead(change.url);
    if (!(await this.store.change(user, id, change))) throw new WebhookNotFound();
    this.notifications.notify(ACCOUNT_EVENTS_CHANNEL);
    return this.find(user, id);
  }

  /** With its deliveries. A second time is a 404. @throws WebhookNotFound */
  async remove(user: UserId, id: string): Promise<void> {
    if (!(await this.store.remove(user, id))) throw new WebhookNotFound();
  }

  /** Newest first. @throws WebhookNotFound */
  async deliveries(
    user: UserId,
    id: string,
    page: { before: bigint | null; state: string | null; limit: number },
  ): Promise<Delivery[]> {
    await this.find(user, id);
    return this.store.deliveries(id, page);
  }

  /** Sends it again, with all its attempts. @throws WebhookNotFound */
  async replay(user: UserId, id: string, delivery: bigint): Promise<void> {
    if (!(await this.store.replay(user, id, delivery))) throw new WebhookNotFound();
    this.notifications.notify(ACCOUNT_EVENTS_CHANNEL);
  }

  private assertMayLead(text: string): void {
    const url = new URL(text);
    try {
      this.policy.assertPermits(url.hostname, Number(url.port) || (url.protocol === 'https:' ? 443 : 80));
    } catch (error) {
      if (error instanceof AddressRefused) throw new WebhookAddressRefused();
      throw error;
    }
  }
}
