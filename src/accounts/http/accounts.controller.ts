import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { parseInput } from '../../platform/http/index.js';
import { NotAuthorized } from '../domain/accounts.errors.js';
import type { Caller } from '../domain/caller.js';
import { includesScope, type Scope, SCOPES } from '../domain/caller.js';
import { refuseActing } from '../verbs/act-as.js';
import { ApiKeyRegistry } from '../verbs/api-key-registry.js';
import { keyListSchema, newKeySchema } from './accounts.dto.js';
import { presentKey } from './accounts.presenter.js';
import { Audited, CurrentUser, Unowned } from './decorators.js';

const time = { type: 'string', format: 'date-time', nullable: true };
const KEY = {
  type: 'object',
  properties: {
    token: { type: 'string', description: "'' in listings" },
    tokenHash: { type: 'string' },
    label: { type: 'string' },
    expiry: time,
    isSession: { type: 'boolean' },
    id: { type: 'string', format: 'uuid' },
    scope: { type: 'string', enum: SCOPES },
    createdAt: time,
    lastUsedAt: { ...time, description: 'up to a minute old' },
  },
};

/** What a caller can learn and change of themselves and their keys. Paths and fields are Estuary's. */
@ApiTags('accounts')
@ApiBearerAuth()
@Controller()
export class AccountsController {
  constructor(private readonly apiKeys: ApiKeyRegistry) {}

  /**
   * Expired ones included; tokens are blank. Keys come first, then bearer sessions (Estuary lists both); `isSession`
   * chooses. Sessions of the page are listed by `GET /user/sessions` alone.
   */
  @Get('user/api-keys')
  @ApiOperation({ summary: 'Your keys, then bearer sessions, each newest first; their tokens are not shown' })
  @ApiQuery({
    name: 'isSession',
    required: false,
    enum: ['true', 'false'],
    description: 'sessions alone, or keys alone',
  })
  @ApiOkResponse({ schema: { type: 'array', items: KEY } })
  async keys(@CurrentUser() caller: Caller, @Query() query: object) {
    const { isSession } = parseInput(keyListSchema, query);
    const listed = (await this.apiKeys.ofUser(caller.userId)).map((key) => presentKey(key));
    return [...listed.filter((key) => !key.isSession), ...listed.filter((key) => key.isSession)].filter(
      (key) => isSession === undefined || String(key.isSession) === isSession,
    );
  }

  /**
   * What the body says goes before the query, and `scope` before `perms`. Without either the key reaches as far as the
   * one that asks. @throws InvalidInput, InvalidExpiry, NotAuthorized for a scope above the caller's own
   */
  @Post('user/api-keys')
  @Audited()
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a key. Its token is in this answer and nowhere else, ever' })
  @ApiQuery({ name: 'expiry', required: false, description: 'Duration (720h, 30d) or false for never; default 720h' })
  @ApiQuery({ name: 'perms', required: false, description: 'all, upload, user or admin; default all' })
  @ApiQuery({ name: 'label', required: false })
  @ApiBody({
    required: false,
    schema: {
      type: 'object',
      properties: {
        expiry: {
          oneOf: [
            { type: 'string', example: '720h' },
            { type: 'boolean', enum: [false] },
          ],
        },
        label: { type: 'string', maxLength: 200 },
        scope: { type: 'string', enum: SCOPES },
        perms: { type: 'string' },
      },
    },
  })
  @ApiOkResponse({ description: 'The only answer that shows the token', schema: KEY })
  async create(@CurrentUser() caller: Caller, @Query() query: object, @Body() body: object | undefined) {
    refuseActing(caller);
    const { expiry, label, scope: wanted, perms } = parseInput(newKeySchema, { ...query, ...body });
    const scope = scopeFor(wanted ?? perms, caller);
    const { key, token } = await this.apiKeys.create({ userId: caller.userId, scope, label, expiry });
    return presentKey(key, token);
  }

  /** Also of the key that asks. A second time is a 404. @throws ApiKeyNotFound */
  @Delete('user/api-keys/:key_or_hash')
  @Audited()
  @Unowned()
  @ApiOperation({ summary: 'Revoke one of your keys, named by token, hash or id; it stops working within a second' })
  async revoke(@CurrentUser() caller: Caller, @Param('key_or_hash') key: string): Promise<void> {
    await this.apiKeys.revoke({ userId: caller.userId, key });
  }
}

/** Nobody hands out more than they hold. */
function scopeFor(asked: Scope | 'all' | undefined, caller: Caller): Scope {
  const scope = asked === undefined || asked === 'all' ? caller.scope : asked;
  if (!includesScope(caller.scope, scope))
    throw new NotAuthorized(`a key with scope ${caller.scope} cannot make one with scope ${scope}`);
  return scope;
}
