import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentUser, Owned, type Caller } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { ReadUsage } from '../verbs/read-usage.js';

const daysQuery = z.object({ days: z.coerce.number().int().min(1).max(366).default(30) });

/** What one account, or one content, used. */
@ApiTags('content')
@ApiBearerAuth()
@Controller()
export class UsageController {
  constructor(private readonly readUsage: ReadUsage) {}

  /**
   * GET /content/bw-usage/:content, for its owner: bytes that left by gateway and Bitswap, whoever read. 404 for a
   * content that is not the caller's.
   */
  @Get('content/bw-usage/:content')
  @Owned('content', 'content')
  @ApiOperation({ summary: 'Bytes of this content that left towards readers' })
  async bandwidth(@Param('content') id: string) {
    const { bytes, requests } = await this.readUsage.ofContent(id);
    return { totalOut: bytes, requests };
  }

  /** GET /user/stats: bytes stored, contents, and traffic on all channels. */
  @Get('user/stats')
  @ApiOperation({ summary: 'Bytes and contents of the account, and its traffic' })
  async usage(@CurrentUser() caller: Caller) {
    const { bytes, contents, bytesIn, bytesOut } = await this.readUsage.ofAccount(caller.userId);
    return { totalSize: bytes, numPins: contents, bytesIn, bytesOut };
  }

  /** GET /user/usage: one entry for each of the last `days` UTC days, oldest first; today's is incomplete. */
  @Get('user/usage')
  @ApiOperation({ summary: 'What the account used by day: bytes by channel, stored bytes, pins, deals, spend' })
  async byDay(@CurrentUser() caller: Caller, @Query(new ZodPipe(daysQuery)) { days }: z.output<typeof daysQuery>) {
    const usage = await this.readUsage.byDay(caller.userId, days);
    return { storedBytes: usage.stored.bytes, contents: usage.stored.contents, days: usage.days };
  }
}
