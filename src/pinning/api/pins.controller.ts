import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Unowned, type Caller } from '../../accounts/index.js';
import { parseInput } from '../../platform/http/index.js';
import { pinRequestId } from '../../shared/index.js';
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

  @Get()
  @ApiOperation({ summary: 'List pins: cid, name and match, status, before, after, limit, meta, requestid' })
  @ApiResponse({ status: 200, description: 'PinResults: newest first, with the number of all that match' })
  async list(@CurrentUser() caller: Caller, @Query() query: unknown): Promise<object> {
    return this.presenter.page(await this.registry.list(caller.userId, parseInput(pinQuerySchema, query)));
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Pin a CID: cid, name, origins, meta' })
  @ApiResponse({ status: 202, description: 'PinStatus' })
  async add(@CurrentUser() caller: Caller, @Body() body: unknown): Promise<PinStatusView> {
    return this.presenter.one(await this.requestPins.run({ userId: caller.userId, spec: parseInput(pinSchema, body) }));
  }

  @Get(':requestid')
  @Unowned()
  @ApiOperation({ summary: 'One pin' })
  @ApiResponse({ status: 200, description: 'PinStatus' })
  async find(@CurrentUser() caller: Caller, @Param('requestid') requestId: string): Promise<PinStatusView> {
    return this.presenter.one(await this.registry.find(caller.userId, pinRequestId(requestId)));
  }

  @Post(':requestid')
  @HttpCode(202)
  @Unowned()
  @ApiOperation({ summary: 'Replace a pin in one step; the answer has a new request id' })
  @ApiResponse({ status: 202, description: 'PinStatus' })
  async replace(
    @CurrentUser() caller: Caller,
    @Param('requestid') requestId: string,
    @Body() body: unknown,
  ): Promise<PinStatusView> {
    return this.presenter.one(
      await this.requestPins.run({
        userId: caller.userId,
        spec: parseInput(pinSchema, body),
        replaces: pinRequestId(requestId),
      }),
    );
  }

  @Delete(':requestid')
  @HttpCode(202)
  @Unowned()
  @ApiOperation({ summary: 'Unpin; a running fetch is cut off' })
  @ApiResponse({ status: 202, description: 'Done; the body is empty' })
  async remove(@CurrentUser() caller: Caller, @Param('requestid') requestId: string): Promise<void> {
    await this.registry.remove(caller.userId, pinRequestId(requestId));
  }
}
