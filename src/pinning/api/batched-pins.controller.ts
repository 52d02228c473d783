import { Body, Controller, Get, HttpCode, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AddsContent, CurrentUser, type Caller } from '../../accounts/index.js';
import { InvalidInput, jsonOfGet, JsonLimit, parseInput, ZodPipe } from '../../platform/http/index.js';
import { DomainError } from '../../shared/index.js';
import { PinNotFound } from '../pinning.errors.js';
import { PinRegistry } from '../requests/pin-registry.js';
import { RequestPins, type BatchOutcome } from '../requests/request-pins.js';
import {
  askedInQuery,
  askedPins,
  failureOf,
  isFailure,
  type AskedPin,
  readBatch,
  type ItemFailure,
} from './batched-pins.dto.js';
import { DelegatesKnown, RequestRate } from './pin-requests.guard.js';
import { PinPresenter, type PinStatusView } from './pin.presenter.js';

/** 10,000 pins with all that the specification lets them carry in names; more is several calls. */
const MOST_BYTES = 16 * 1024 ** 2;

type Item = PinStatusView | ItemFailure;

/**
 * Estuary's way to pin and look up many at once. Every item has an answer of its own, at its own place; one bad item
 * stops no other.
 */
@ApiTags('pinning')
@ApiBearerAuth()
@UseGuards(RequestRate, DelegatesKnown)
@Controller('v2/pinning/batched-pins')
export class BatchedPinsController {
  constructor(
    private readonly requestPins: RequestPins,
    private readonly registry: PinRegistry,
    private readonly presenter: PinPresenter,
  ) {}

  /**
   * What is wrong with one item is said in its place; those over the quota are refused, the others stand.
   * @throws InvalidInput when the body is no array of 1 to 10,000
   */
  @Post()
  @AddsContent()
  @HttpCode(202)
  @JsonLimit(MOST_BYTES)
  @ApiOperation({ summary: 'Pin up to 10,000 CIDs: an array of {cid, name, origins, meta}' })
  @ApiResponse({ status: 202, description: 'An array as long: PinStatus, or {error: {reason, details}}' })
  async add(@CurrentUser() caller: Caller, @Body() body: unknown): Promise<Item[]> {
    const items = readBatch(body);
    const outcomes = (
      await this.requestPins.runMany(
        caller.userId,
        items.flatMap((item) => (isFailure(item) ? [] : [item])),
      )
    ).values();
    const delegates = await this.presenter.addresses();
    return items.map((item) => {
      if (isFailure(item)) return item;
      const outcome = outcomes.next().value as BatchOutcome;
      return outcome instanceof DomainError ? failureOf(outcome) : this.presenter.view(outcome, delegates);
    });
  }

  /**
   * First those of the query, then those of the body, in the order asked. What is not the caller's is not found.
   * @throws InvalidInput when nothing is named
   */
  @Get()
  @ApiOperation({
    summary: 'Look up many pins: ?requestid=a,b&content_id=1,2, or an array of {content_id} or {requestid} as the body',
  })
  @ApiResponse({ status: 200, description: 'An array as long: PinStatus, or {error: {reason, details}}' })
  async find(
    @CurrentUser() caller: Caller,
    @Query(new ZodPipe(askedInQuery)) named: AskedPin[],
    @Req() request: FastifyRequest,
  ): Promise<Item[]> {
    const asked = [...named, ...parseInput(askedPins, (await jsonOfGet(request)) ?? [])];
    if (asked.length === 0) throw new InvalidInput('name the pins: requestid or content_id');
    const { byRequest, byContent } = await this.registry.findMany(caller.userId, {
      requestIds: asked.flatMap((item) => ('requestid' in item ? [item.requestid] : [])),
      contentIds: asked.flatMap((item) => ('content_id' in item ? [item.content_id] : [])),
    });
    const pins = asked.map((item) =>
      'requestid' in item ? byRequest.get(item.requestid.toLowerCase()) : byContent.get(item.content_id),
    );
    const views = (await this.presenter.all(pins.filter((pin) => pin !== undefined))).values();
    return pins.map((pin, n) =>
      pin ? (views.next().value as PinStatusView) : failureOf(new PinNotFound(Object.values(asked[n] ?? {})[0] ?? '')),
    );
  }
}
