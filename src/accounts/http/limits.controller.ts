import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { parseInput } from '../../platform/http/index.js';
import type { UserId } from '../../shared/index.js';
import type { Caller } from '../domain/caller.js';
import { UsageRegistry } from '../domain/usage-registry.js';
import { AccountLimits } from '../verbs/account-limits.js';
import { UserRegistry } from '../verbs/user-registry.js';
import { limitsSchema } from './accounts.dto.js';
import { presentLimits } from './accounts.presenter.js';
import { CurrentUser, RequireScope } from './decorators.js';

const ANSWER =
  '`{limits: {pinWeight, bytesQuota, pinsQuota, replicationCap, durationCap, priceCap, verifiedPriceCap, dataCapPerDay, spendPerDay}, ' +
  'usage: {bytes, contents, pins, dataCapToday, spendToday}}`; a quota that is null does not exist; attoFIL are text';

/** What accounts may have, and what they have. */
@ApiTags('accounts')
@ApiBearerAuth()
@Controller()
export class LimitsController {
  constructor(
    private readonly limits: AccountLimits,
    private readonly users: UserRegistry,
    private readonly usage: UsageRegistry,
  ) {}

  /** Limits are at most two seconds old; the usage is read now. */
  @Get('user/limits')
  @ApiOperation({ summary: 'What you may have, and what you have' })
  @ApiOkResponse({ description: ANSWER })
  async own(@CurrentUser() caller: Caller) {
    return this.present(caller.userId);
  }

  /**
   * Answers with what holds from now on, defaults included. Other processes follow within two seconds.
   * @throws InvalidInput for unknown names and for an empty change, UserNotFound
   */
  @Put('admin/users/:username/limits')
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Set what an account may have',
    description:
      "What is not named stays; null takes the account's own quota away, and the platform's default holds. " +
      'In force within two seconds. Nothing that is stored is touched by a smaller quota.',
  })
  @ApiParam({ name: 'username' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        pinWeight: { type: 'integer', minimum: 1, maximum: 100 },
        bytesQuota: { type: 'integer', minimum: 0, nullable: true },
        pinsQuota: { type: 'integer', minimum: 0, nullable: true },
        replicationCap: { type: 'integer', minimum: 1, maximum: 50, nullable: true },
        durationCap: { type: 'integer', minimum: 1, nullable: true, description: 'epochs' },
        priceCap: { type: 'string', nullable: true, description: 'attoFIL per GiB per epoch' },
        verifiedPriceCap: { type: 'string', nullable: true, description: 'the same, for verified deals' },
        dataCapPerDay: { type: 'integer', minimum: 0, nullable: true, description: 'padded bytes' },
        spendPerDay: { type: 'string', nullable: true, description: 'attoFIL' },
        contentAddingDisabled: { type: 'boolean', description: 'nothing may be uploaded or pinned' },
      },
    },
  })
  @ApiOkResponse({ description: ANSWER })
  async change(@Param('username') username: string, @Body() body: unknown) {
    const change = parseInput(limitsSchema, body);
    const user = await this.users.named(username);
    await this.limits.set(user.id, change);
    return { username: user.username, ...(await this.present(user.id)) };
  }

  private async present(user: UserId) {
    const [limits, usage] = await Promise.all([this.limits.of(user), this.usage.of([user])]);
    return presentLimits(limits, usage.get(user) ?? {});
  }
}
