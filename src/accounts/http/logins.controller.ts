import { Body, Controller, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseInput, Public } from '../../platform/http/index.js';
import type { Caller } from '../domain/caller.js';
import { refuseActing } from '../verbs/act-as.js';
import { LogIn, type OpenedSession } from '../verbs/log-in.js';
import { BrowserSessions } from './browser-sessions.js';
import { Audited, CurrentUser, RequireScope } from './decorators.js';
import { LoginLog } from './login-log.js';
import { LoginRates } from './login-rates.js';
import { addressSchema, loginSchema, passwordChangeSchema, registrationSchema } from './logins.dto.js';

const text = { type: 'string' };
const SECRETS = {
  password: { ...text, description: 'the password itself' },
  passwordHash: {
    ...text,
    description: "or what Estuary's front end makes of it; it stands for the password as it is",
  },
};
const TOKEN = {
  description: 'A bearer token that is a session',
  schema: {
    type: 'object',
    required: ['token', 'expiry'],
    properties: { token: text, expiry: { type: 'string', format: 'date-time' } },
    example: { token: 'EST00000000-0000-4000-8000-000000000000ARY', expiry: '2030-01-31T12:00:00.000Z' },
  },
};
const DONE = { description: 'An empty object', schema: { type: 'object', example: {} } };

/** Accounts made by invite, and sessions begun and ended by a password. Paths and fields are Estuary's. */
@ApiTags('accounts')
@Controller()
export class LoginsController {
  constructor(
    private readonly logIn: LogIn,
    private readonly rates: LoginRates,
    private readonly browsers: BrowserSessions,
    private readonly log: LoginLog,
  ) {}

  /** @throws InvalidInput, InvalidUsername, WeakPassword, InvalidInvite, InviteAlreadyUsed, UsernameTaken, TooManyRequests */
  @Post('register')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Make an account by an invite; its first session lasts 7 days' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['username', 'inviteCode'],
      properties: { username: { ...text, pattern: '^[a-z0-9][a-z0-9_.-]{0,31}$' }, ...SECRETS, inviteCode: text },
    },
  })
  @ApiOkResponse(TOKEN)
  async register(@Body() body: unknown, @Req() request: FastifyRequest) {
    const command = parseInput(registrationSchema, body);
    await this.rates.passAddress(request.ip);
    const session = await this.logIn.register(command);
    await this.log.note(request, 'POST /register', session);
    return presentSession(session);
  }

  /** @throws InvalidInput, InvalidPassword for whatever does not fit, TooManyRequests */
  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Begin a session by name and password; it lasts 30 days' })
  @ApiBody({ schema: { type: 'object', required: ['username'], properties: { username: text, ...SECRETS } } })
  @ApiOkResponse(TOKEN)
  async login(@Body() body: unknown, @Req() request: FastifyRequest) {
    const command = parseInput(loginSchema, body);
    await this.rates.passAddress(request.ip);
    await this.rates.passName(command.username);
    const session = await this.logIn.run({ ...command, kind: 'session' });
    await this.log.note(request, 'POST /login', session);
    return presentSession(session);
  }

  /** @throws NoSession for an API key */
  @Post('logout')
  @RequireScope('upload')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End the session that asks; its token is dead within a second' })
  @ApiOkResponse(DONE)
  async logout(
    @CurrentUser() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.logIn.logout(caller);
    if (caller.keyKind === 'browser') this.browsers.end(request, reply);
    return {};
  }

  /** Tries of the old password count as logins. @throws InvalidPassword, WeakPassword, TooManyRequests */
  @Put('user/password')
  @Audited()
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Change your password',
    description: 'Needs the old one, unless the account has none yet. All other sessions end; API keys stay.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { oldPassword: text, oldPasswordHash: text, newPassword: text, newPasswordHash: text },
    },
  })
  @ApiOkResponse(DONE)
  async changePassword(@CurrentUser() caller: Caller, @Body() body: unknown) {
    refuseActing(caller);
    const change = parseInput(passwordChangeSchema, body);
    await this.rates.passName(caller.username);
    await this.logIn.changePassword(caller, change);
    return {};
  }

  /** @throws InvalidInput for what is no Filecoin address */
  @Put('user/address')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Say which Filecoin address is yours; an empty text takes it away' })
  @ApiBody({
    schema: { type: 'object', required: ['address'], properties: { address: { ...text, example: 'f01729' } } },
  })
  @ApiOkResponse(DONE)
  async setAddress(@CurrentUser() caller: Caller, @Body() body: unknown) {
    const { address } = parseInput(addressSchema, body);
    await this.logIn.setAddress(caller.userId, address);
    return {};
  }
}

function presentSession({ token, key }: OpenedSession) {
  return { token, expiry: key.expiresAt };
}
