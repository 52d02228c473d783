import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AddsContent, CurrentUser, Unowned, type Caller } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { pinRequestId } from '../../shared/index.js';
import type { PinFilter, PinSpec } from '../pin.js';
import { PinRegistry } from '../requests/pin-registry.js';
import { RequestPins } from '../requests/request-pins.js';
import { DelegatesKnown, RequestRate } from './pin-requests.guard.js';
import { PinPresenter, type PinStatusView } from './pin.presenter.js';
import { pinSchema } from './pin.dto.js';
import { pinQuerySchema } from './pin-query.dto.js';

/**
 * The IPFS Pinning Service API 1.0.0, whole. Every account sees its own pins alone, admins' keys included: the verbs
 * look for the caller's, and another's is not there.
 */
@ApiTags('pinning')
@ApiBearerAuth()
@UseGuards(RequestRate, DelegatesKnown)
@Controller('pinning/pins')
export class PinsController {
  constructor(
    private readonly requestPins: RequestPins,
    private readonly registry: PinRegistry,
    private readonly presenter: PinPresenter,
  ) {}

  /**
   * `GET /pins`: at most 1000 at a time, 10 unless told; `before` with the last `created` gives the next page.
   * @throws InvalidInput, InvalidPinStatus
   */
  @Get()
  @ApiOperation({ summary: 'List pins: cid, name and match, status, before, after, limit, meta, requestid' })
  @ApiResponse({ status: 200, description: 'PinResults: newest first, with the number of all that match' })
  async list(@CurrentUser() caller: Caller, @Query(new ZodPipe(pinQuerySchema)) filter: PinFilter) {
    return this.presenter.page(await this.registry.list(caller.userId, filter));
  }

  /**
   * `POST /pins`: 202 when the pin is durable, with status `pinned` where the DAG is here already. Not idempotent: the
   * same CID again is another pin. @throws InvalidInput, PinQuotaUsedUp, BytesUsedUp
   */
  @Post()
  @AddsContent()
  @HttpCode(202)
  @ApiOperation({ summary: 'Pin a CID: cid, name, origins, meta' })
  @ApiResponse({ status: 202, description: 'PinStatus' })
  async add(@CurrentUser() caller: Caller, @Body(new ZodPipe(pinSchema)) spec: PinSpec): Promise<PinStatusView> {
    return this.presenter.one(await this.requestPins.run({ userId: caller.userId, spec }));
  }

  /** `GET /pins/{requestid}`. @throws PinNotFound, also for an id that cannot be any */
  @Get(':requestid')
  @Unowned()
  @ApiOperation({ summary: 'One pin' })
  @ApiResponse({ status: 200, description: 'PinStatus' })
  async find(@CurrentUser() caller: Caller, @Param('requestid') requestId: string): Promise<PinStatusView> {
    return this.presenter.one(await this.registry.find(caller.userId, pinRequestId(requestId)));
  }

  /**
   * `POST /pins/{requestid}`: the old pin is gone for its owner with the answer; its content stays until the new one is
   * pinned. @throws InvalidInput, PinNotFound, PinQuotaUsedUp, BytesUsedUp; then the old pin stays
   */
  @Post(':requestid')
  @AddsContent()
  @HttpCode(202)
  @Unowned()
  @ApiOperation({ summary: 'Replace a pin in one step; the answer has a new request id' })
  @ApiResponse({ status: 202, description: 'PinStatus' })
  async replace(
    @CurrentUser() caller: Caller,
    @Param('requestid') requestId: string,
    @Body(new ZodPipe(pinSchema)) spec: PinSpec,
  ): Promise<PinStatusView> {
    return this.presenter.one(
      await this.requestPins.run({
        userId: caller.userId,
        spec,
        replaces: pinRequestId(requestId),
      }),
    );
  }

  /**
   * `DELETE /pins/{requestid}`: 202 with an empty body, after its content was deleted. A second time is a 404.
   * @throws PinNotFound
   */
  @Delete(':requestid')
  @HttpCode(202)
  @Unowned()
  @ApiOperation({ summary: 'Unpin; a running fetch is cut off' })
  @ApiResponse({ status: 202, description: 'Done; the body is empty' })
  async remove(@CurrentUser() caller: Caller, @Param('requestid') requestId: string): Promise<void> {
    await this.registry.remove(caller.userId, pinRequestId(requestId));
  }
}
