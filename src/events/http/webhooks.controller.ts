import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Unowned, type Caller } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { parseRowId } from '../../shared/index.js';
import { WebhookNotFound } from '../domain/events.errors.js';
import { WebhookRegistry } from '../verbs/webhook-registry.js';
import {
  deliveriesQuery,
  newWebhook,
  webhookChange,
  type DeliveriesQuery,
  type NewWebhook,
  type WebhookChangeBody,
} from './events.dto.js';
import { presentDelivery, presentWebhook } from './events.presenter.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Where an account is told of its events. The verbs look for the caller's own: another's is not there. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('user/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhookRegistry) {}

  /** @throws InvalidInput, WebhookAddressRefused, TooManyWebhooks */
  @Post()
  @ApiOperation({
    summary: 'Make a webhook. Its secret is in this answer and nowhere else, ever',
    description:
      'Events are sent as `POST` with `{id, type, at, data}`. `Tidewater-Signature: t=<Unix seconds>,v1=<hex>` is ' +
      'HMAC-SHA-256 by the secret over `<t>.<body>`. Any 2xx takes it; else it is tried again, for up to three days. ' +
      'The same event may come twice: `id` stays the same.',
  })
  async create(@CurrentUser() caller: Caller, @Body(new ZodPipe(newWebhook)) { url, types }: NewWebhook) {
    const { webhook, secret } = await this.webhooks.create(caller.userId, url, types);
    return { ...presentWebhook(webhook), secret };
  }

  @Get()
  @ApiOperation({ summary: 'Your webhooks, oldest first, without their secrets' })
  async list(@CurrentUser() caller: Caller) {
    return (await this.webhooks.list(caller.userId)).map(presentWebhook);
  }

  /** @throws WebhookNotFound */
  @Get(':id')
  @Unowned()
  @ApiOperation({ summary: 'One webhook' })
  async one(@CurrentUser() caller: Caller, @Param('id') id: string) {
    return presentWebhook(await this.webhooks.find(caller.userId, uuidOf(id)));
  }

  /** @throws InvalidInput, WebhookAddressRefused, WebhookNotFound */
  @Put(':id')
  @Unowned()
  @ApiOperation({ summary: 'Change address, types or whether it is used; what waits is tried at once' })
  async change(
    @CurrentUser() caller: Caller,
    @Param('id') id: string,
    @Body(new ZodPipe(webhookChange)) change: WebhookChangeBody,
  ) {
    return presentWebhook(await this.webhooks.change(caller.userId, uuidOf(id), change));
  }

  /** A second time is a 404. @throws WebhookNotFound */
  @Delete(':id')
  @Unowned()
  @ApiOperation({ summary: 'Remove a webhook and all its deliveries' })
  async remove(@CurrentUser() caller: Caller, @Param('id') id: string): Promise<void> {
    await this.webhooks.remove(caller.userId, uuidOf(id));
  }

  /** @throws InvalidInput, WebhookNotFound */
  @Get(':id/deliveries')
  @Unowned()
  @ApiOperation({
    summary: 'What was sent, waits or has failed, newest first',
    description: 'The next page: `before` = the last id of this one.',
  })
  async deliveries(
    @CurrentUser() caller: Caller,
    @Param('id') id: string,
    @Query(new ZodPipe(deliveriesQuery)) { limit, before, state }: DeliveriesQuery,
  ) {
    const page = { before: before ?? null, state: state ?? null, limit };
    return (await this.webhooks.deliveries(caller.userId, uuidOf(id), page)).map(presentDelivery);
  }

  /** Answers when it is due, not when it is sent. @throws WebhookNotFound */
  @Post(':id/deliveries/:delivery/replay')
  @HttpCode(202)
  @Unowned()
  @ApiOperation({ summary: 'Send it again, whatever became of it' })
  async replay(@CurrentUser() caller: Caller, @Param('id') id: string, @Param('delivery') delivery: string) {
    await this.webhooks.replay(caller.userId, uuidOf(id), parseRowId(delivery) ?? 0n);
    return { replayed: true };
  }
}

/** What is no UUID names nothing. @throws WebhookNotFound */
function uuidOf(text: string): string {
  if (!UUID.test(text)) throw new WebhookNotFound();
  return text;
}
