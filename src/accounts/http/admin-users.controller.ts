import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { parseInput } from '../../platform/http/index.js';
import { userId } from '../../shared/index.js';
import type { Limits } from '../domain/limits.js';
import { UsageRegistry } from '../domain/usage-registry.js';
import { AccountLimits } from '../verbs/account-limits.js';
import { ApiKeyRegistry } from '../verbs/api-key-registry.js';
import { UserRegistry } from '../verbs/user-registry.js';
import { newUserSchema, userPageSchema } from './accounts.dto.js';
import { presentKey, presentUser, presentUserLine } from './accounts.presenter.js';
import { RequireScope } from './decorators.js';

/** The operator's list of accounts. Needs a key with scope `admin`. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin/users')
export class AdminUsersController {
  constructor(
    private readonly users: UserRegistry,
    private readonly apiKeys: ApiKeyRegistry,
    private readonly limits: AccountLimits,
    private readonly usage: UsageRegistry,
  ) {}

  /**
   * One query for the limits and one lookup per room that keeps figures, whatever the size of the page. Usage and
   * limits are read beside each other, not from one snapshot.
   */
  @Get()
  @ApiOperation({
    summary: 'All users with their limits and what they have, oldest first; next page with `after` = the last id',
  })
  async list(@Query() query: object) {
    const { limit, after } = parseInput(userPageSchema, query);
    const users = await this.users.list({ limit, ...(after === undefined ? {} : { after: userId(after) }) });
    const ids = users.map(({ id }) => id);
    const [limits, usage] = await Promise.all([this.limits.ofMany(ids), this.usage.of(ids)]);
    return users.map((user) => presentUserLine(user, limits.get(user.id) as Limits, usage.get(user.id) ?? {}));
  }

  /**
   * The key's scope is the user's role. Two transactions: after a crash between them the user has no key yet, and gets
   * one by `npm run cli`.
   * @throws InvalidInput, InvalidUsername, UsernameTaken, InvalidExpiry
   */
  @Post()
  @ApiOperation({ summary: 'Make a user and their first key, which this answer alone shows' })
  async create(@Body() body: object) {
    const { username, role, expiry } = parseInput(newUserSchema, body);
    this.apiKeys.assertExpiry(expiry);
    const user = await this.users.create({ username, role });
    const { key, token } = await this.apiKeys.create({ userId: user.id, scope: role, label: 'first key', expiry });
    return { ...presentUser(user), apiKey: presentKey(key, token) };
  }
}
