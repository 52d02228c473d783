import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { parseInput } from '../../platform/http/index.js';
import type { Caller } from '../domain/caller.js';
import type { Invite } from '../ports/invite-store.port.js';
import { InviteRegistry } from '../verbs/invite-registry.js';
import { CurrentUser, RequireScope } from './decorators.js';
import { inviteCodeSchema, invitePageSchema } from './logins.dto.js';

const text = { type: 'string' };
const name = { type: 'string', description: "a user name; '' where there is none" };
const time = { type: 'string', format: 'date-time' };
const CODE = { schema: { type: 'object', required: ['code'], properties: { code: text } } };
const INVITE = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid' },
    code: text,
    createdBy: name,
    claimedBy: name,
    createdAt: time,
    claimedAt: { ...time, nullable: true },
    revokedAt: { ...time, nullable: true },
  },
};

/** Codes by which strangers become users, each once. Paths and fields are Estuary's. Needs a key with scope `admin`. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin')
export class InvitesController {
  constructor(private readonly invites: InviteRegistry) {}

  @Post('invite')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make an invite with a code that nobody can guess' })
  @ApiOkResponse(CODE)
  async create(@CurrentUser() caller: Caller) {
    const { code } = await this.invites.create({ createdBy: caller.userId });
    return { code };
  }

  /** Whoever guesses a short code can use it. @throws InvalidInput, InviteExists */
  @Post('invite/:code')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make an invite with this code' })
  @ApiParam({ name: 'code' })
  @ApiOkResponse(CODE)
  async createNamed(@CurrentUser() caller: Caller, @Param('code') code: string) {
    const invite = await this.invites.create({ code: parseInput(inviteCodeSchema, code), createdBy: caller.userId });
    return { code: invite.code };
  }

  /** @throws InvalidInvite, InviteAlreadyUsed */
  @Delete('invite/:code')
  @ApiOperation({ summary: 'Take back an invite that nobody has used' })
  @ApiParam({ name: 'code' })
  @ApiOkResponse({ description: 'An empty object', schema: { type: 'object', example: {} } })
  async revoke(@Param('code') code: string) {
    await this.invites.revoke(code);
    return {};
  }

  @Get('invites')
  @ApiOperation({ summary: 'All invites, newest first; next page with `after` = the last id' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 500 } })
  @ApiQuery({ name: 'after', required: false, schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ schema: { type: 'array', items: INVITE } })
  async list(@Query() query: object) {
    const { limit, after } = parseInput(invitePageSchema, query);
    return (await this.invites.list({ limit, ...(after === undefined ? {} : { after }) })).map(presentInvite);
  }
}

/** Estuary's fields, then ours. */
function presentInvite({ code, createdBy, claimedBy, createdAt, ...rest }: Invite) {
  return { code, createdBy: createdBy ?? '', claimedBy: claimedBy ?? '', createdAt, ...rest };
}
