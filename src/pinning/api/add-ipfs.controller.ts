import { Body, Controller, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AddsContent, CurrentUser, RequireScope, type Caller } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import type { PinSpec } from '../pin.js';
import { RequestPins } from '../requests/request-pins.js';
import { DelegatesKnown, RequestRate } from './pin-requests.guard.js';
import { PinPresenter, type PinStatusView } from './pin.presenter.js';
import { addIpfsQuery, type AddIpfsQuery, pinSchema } from './pin.dto.js';

/** Estuary's other door to the same verb. */
@ApiTags('content')
@ApiBearerAuth()
@UseGuards(RequestRate, DelegatesKnown)
@Controller('content')
export class AddIpfsController {
  constructor(
    private readonly requestPins: RequestPins,
    private readonly presenter: PinPresenter,
  ) {}

  /**
   * Estuary's `POST /content/add-ipfs`. With `ignore-dupes` a pin of the account that has not failed stands in the way.
   * @throws InvalidInput, PinExists, PinQuotaUsedUp, BytesUsedUp
   */
  @Post('add-ipfs')
  @AddsContent()
  @HttpCode(202)
  @RequireScope('upload')
  @ApiOperation({ summary: 'Add a CID that the IPFS network has: cid, name, origins, meta' })
  @ApiResponse({ status: 202, description: 'The pin, as at /pinning/pins' })
  async add(
    @CurrentUser() caller: Caller,
    @Body(new ZodPipe(pinSchema)) spec: PinSpec,
    @Query(new ZodPipe(addIpfsQuery)) query: AddIpfsQuery,
  ): Promise<PinStatusView> {
    const { 'ignore-dupes': ignoreDupes } = query;
    return this.presenter.one(await this.requestPins.run({ userId: caller.userId, spec, ignoreDupes }));
  }
}
