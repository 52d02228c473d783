import { Body, Controller, Get, HttpCode, Post, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AppConfig } from '../../config/index.js';
import { parseInput } from '../../platform/http/index.js';
import type { Caller } from '../domain/caller.js';
import { ContentAdding } from '../verbs/content-adding.js';
import { ViewerFactsQuery } from '../verbs/viewer-facts.js';
import { UserPreferences } from '../verbs/user-preferences.js';
import { switchSchema, userSettingsSchema } from './accounts.dto.js';
import { presentViewer } from './viewer.presenter.js';
import { type AuthenticatedRequest, CurrentUser, RequireScope } from './decorators.js';

const SETTINGS = {
  type: 'object',
  properties: {
    replication: { type: 'integer', minimum: 1, maximum: 50, nullable: true },
    duration: { type: 'integer', minimum: 518_400, maximum: 3_680_640, nullable: true, description: 'epochs' },
    verified: { type: 'boolean', nullable: true },
    prefer: {
      type: 'string',
      enum: ['price', 'latency'],
      nullable: true,
      description: 'kept and shown; miners are chosen by their score',
    },
  },
};
const SWITCH = { type: 'object', required: ['enabled'], properties: { enabled: { type: 'boolean' } } };

/** Who one is, what one chose, what one may have. Paths and fields are Estuary's, then ours. */
@ApiTags('accounts')
@ApiBearerAuth()
@Controller()
export class ViewerController {
  constructor(
    private readonly facts: ViewerFactsQuery,
    private readonly preferences: UserPreferences,
    private readonly contentAdding: ContentAdding,
    private readonly config: AppConfig,
  ) {}

  /** Any key may ask; limits, settings and switches are at most two seconds old, the usage is read now. */
  @Get('viewer')
  @RequireScope('upload')
  @ApiOperation({ summary: 'Who this key belongs to, what they have and may have, and what holds for their uploads' })
  async viewer(@CurrentUser() caller: Caller, @Req() { csrfToken }: AuthenticatedRequest) {
    return presentViewer(caller, { ...(await this.facts.of(caller)), csrfToken: csrfToken ?? null }, this.config);
  }

  /** What is not named stays; null takes a choice back. @throws InvalidInput, DealTermsAboveCap */
  @Put('user/settings')
  @ApiOperation({
    summary: 'Choose what holds for uploads that say nothing of their deals',
    description: 'Within what the account may ask (GET /user/limits). In force within two seconds.',
  })
  @ApiBody({ schema: SETTINGS })
  @ApiOkResponse({ schema: SETTINGS })
  async set(@CurrentUser() caller: Caller, @Body() body: unknown) {
    return this.preferences.set(caller, parseInput(userSettingsSchema, body));
  }

  @Get('admin/cm/contentadding')
  @RequireScope('admin')
  @ApiOperation({ summary: 'Whether contents and pins are taken' })
  @ApiOkResponse({ schema: SWITCH })
  async switched() {
    return { enabled: await this.contentAdding.isOn() };
  }

  /** Kept in the database, so for every process; in force within two seconds. Idempotent. */
  @Post('admin/cm/contentadding')
  @RequireScope('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Switches uploads and pins on or off for everybody; survives restarts',
    description: 'Of one account: contentAddingDisabled of PUT /admin/users/{username}/limits.',
  })
  @ApiBody({ schema: SWITCH })
  @ApiOkResponse({ schema: SWITCH })
  async switch(@Body() body: unknown) {
    const { enabled } = parseInput(switchSchema, body);
    await this.contentAdding.switch(enabled);
    return { enabled };
  }
}
