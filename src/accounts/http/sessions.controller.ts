import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseInput, Public } from '../../platform/http/index.js';
import type { Caller } from '../domain/caller.js';
import { ApiKeyRegistry } from '../verbs/api-key-registry.js';
import { LogIn } from '../verbs/log-in.js';
import { LoginLinks } from '../verbs/login-links.js';
import { presentOpenedSession, presentOwnSession, presentSession } from './accounts.presenter.js';
import { BrowserSessions } from './browser-sessions.js';
import { Audited, type AuthenticatedRequest, CurrentUser, RequireScope, Unowned } from './decorators.js';
import { LoginLog } from './login-log.js';
import { LoginRates } from './login-rates.js';
import { loginSchema } from './logins.dto.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time', nullable: true };
const SESSION = {
  description:
    'Whose session it is, and the header X-CSRF-Token that everything but GET and HEAD needs with its cookie',
  schema: {
    type: 'object',
    properties: { username: text, role: text, expiry: time, csrfToken: { ...text, nullable: true } },
  },
};
const DONE = { description: 'An empty object', schema: { type: 'object', example: {} } };

/** Sessions: those of the page, by cookie, and the list of all that one has. */
@ApiTags('accounts')
@Controller()
export class SessionsController {
  constructor(
    private readonly logIn: LogIn,
    private readonly links: LoginLinks,
    private readonly keys: ApiKeyRegistry,
    private readonly browsers: BrowserSessions,
    private readonly rates: LoginRates,
    private readonly log: LoginLog,
  ) {}

  /** @throws InvalidInput, InvalidPassword, CrossSiteRequest, TooManyRequests */
  @Post('session')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Log in at the page: sets a cookie that lasts 30 days' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['username'],
      properties: { username: text, password: text, passwordHash: text },
    },
  })
  @ApiOkResponse(SESSION)
  async begin(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    this.browsers.assertSameOrigin(request);
    const command = parseInput(loginSchema, body);
    await this.rates.passAddress(request.ip);
    await this.rates.passName(command.username);
    const session = await this.logIn.run({ ...command, kind: 'browser', label: labelOf(request) });
    await this.log.note(request, 'POST /session', session);
    this.browsers.begin(request, reply, session);
    return presentOpenedSession(session);
  }

  /** Works for keys and bearer tokens, too; these have no CSRF token. */
  @Get('session')
  @RequireScope('upload')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Who is logged in, and the CSRF token of this session' })
  @ApiOkResponse(SESSION)
  show(@CurrentUser() caller: Caller, @Req() request: AuthenticatedRequest) {
    return presentSession(caller, request.csrfToken);
  }

  /** @throws NoSession for an API key */
  @Delete('session')
  @RequireScope('upload')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Log out: the session ends, the browser forgets its cookie' })
  @ApiOkResponse(DONE)
  async end(
    @CurrentUser() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.logIn.logout(caller);
    this.browsers.end(request, reply);
    return {};
  }

  @Get('user/sessions')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Your sessions, newest first: of the page (browser) and of bearer tokens (session)' })
  @ApiOkResponse({
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          id: { type: 'string', format: 'uuid' },
          kind: { type: 'string', enum: ['session', 'browser'] },
          label: { ...text, description: 'what logged in, by its own words (User-Agent)' },
          createdAt: time,
          lastUsedAt: time,
          expiry: time,
          current: { type: 'boolean', description: 'the one that asks' },
        },
      },
    },
  })
  async list(@CurrentUser() caller: Caller) {
    return (await this.keys.sessionsOf(caller.userId)).map((session) => presentOwnSession(session, caller.keyId));
  }

  /** Of the page and of bearer tokens; API keys stay. */
  @Delete('user/sessions')
  @Audited()
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End all your sessions but the one that asks' })
  @ApiOkResponse(DONE)
  async endOthers(@CurrentUser() caller: Caller): Promise<object> {
    await this.keys.endSessions({ userId: caller.userId, keep: caller.keyId });
    return {};
  }

  /** Within a second. @throws ApiKeyNotFound, also for another user's */
  @Delete('user/sessions/:id')
  @Audited()
  @Unowned()
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End one of your sessions' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse(DONE)
  async endOne(@CurrentUser() caller: Caller, @Param('id') id: string): Promise<object> {
    await this.keys.endSession({ userId: caller.userId, id });
    return {};
  }

  /** HEAD, which previews of links send, uses nothing up. @throws InvalidLoginLink, CrossSiteRequest */
  @Get('login/once/:token')
  @Public()
  @ApiOperation({ summary: 'Log in by a link of the console, once; leads to the page' })
  @ApiParam({ name: 'token' })
  async once(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.browsers.assertSameOrigin(request);
    await this.rates.passAddress(request.ip);
    if (request.method === 'HEAD') await this.links.assertGood(token);
    else {
      const session = await this.links.use(token, labelOf(request));
      await this.log.note(request, 'GET /login/once/:token', session);
      this.browsers.begin(request, reply, session);
    }
    void reply.header('referrer-policy', 'no-referrer').redirect('/app', 302);
  }
}

/** What a person knows a session by. Headers are bytes: what is no plain text is left out. */
function labelOf(request: FastifyRequest): string {
  return (request.headers['user-agent'] ?? '').replaceAll(/[^ -~]/g, '').slice(0, 200);
}
