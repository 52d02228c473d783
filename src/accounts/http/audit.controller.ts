import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { parseInput } from '../../platform/http/index.js';
import type { Caller } from '../domain/caller.js';
import { AuditLog } from '../ports/audit-log.port.js';
import { ActAs } from '../verbs/act-as.js';
import { auditPageSchema } from './accounts.dto.js';
import { CurrentUser, RequireScope } from './decorators.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };

/** Who did what, and an admin in a user's name. Needs a key with scope `admin`. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin')
export class AuditController {
  constructor(
    private readonly log: AuditLog,
    private readonly actAs: ActAs,
  ) {}

  /** Entries are never changed or removed. */
  @Get('audit')
  @ApiOperation({
    summary: 'What admins did, others in their name, and all with their keys and passwords; newest first',
    description: 'Next page with `before` = the last id. `status` is null while it runs, and where nobody knows.',
  })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } })
  @ApiQuery({ name: 'before', required: false, schema: text })
  @ApiQuery({ name: 'actor', required: false, schema: text, description: 'the name of who did it' })
  @ApiQuery({ name: 'actingAs', required: false, schema: text, description: 'the name of in whose name it was done' })
  @ApiOkResponse({
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          id: text,
          at: time,
          actor: text,
          actingAs: { ...text, nullable: true },
          keyId: { type: 'string', format: 'uuid', nullable: true },
          route: { ...text, example: 'POST /admin/invite/:code' },
          target: { type: 'object' },
          status: { type: 'integer', nullable: true },
          address: text,
        },
      },
    },
  })
  async list(@Query() query: object) {
    return this.log.list(parseInput(auditPageSchema, query));
  }

  /** The token is a bearer session of the user. @throws UserNotFound, NotAuthorized for another admin */
  @Post('users/:username/act-as')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Act as this user for an hour',
    description: 'Every act is logged with both names. It makes no keys, changes no password and deletes no account.',
  })
  @ApiParam({ name: 'username' })
  @ApiOkResponse({
    schema: { type: 'object', properties: { token: text, expiry: time, username: text, actor: text } },
  })
  async begin(@CurrentUser() caller: Caller, @Param('username') username: string) {
    const { token, key, user } = await this.actAs.run(caller, username);
    return { token, expiry: key.expiresAt, username: user.username, actor: caller.username };
  }
}
