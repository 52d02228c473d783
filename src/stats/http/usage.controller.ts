import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Owned, type Caller } from '../../accounts/index.js';
import { PublicStatsQuery } from '../store/public-stats.query.js';
import { ContentRootQuery } from '../store/content-root.query.js';

/** What one account, or one content, used. */
@ApiTags('content')
@ApiBearerAuth()
@Controller()
export class UsageController {
  constructor(
    private readonly query: PublicStatsQuery,
    private readonly contents: ContentRootQuery,
  ) {}

  @Get('content/bw-usage/:content')
  @Owned('content', 'content')
  @ApiOperation({ summary: 'Bytes of this content that left towards readers' })
  async bandwidth(@Param('content') id: string) {
    const { bytes, requests } = await this.query.egressOf(await this.contents.rootOf(id));
    return { totalOut: Number(bytes), requests: Number(requests) };
  }

  @Get('user/stats')
  @ApiOperation({ summary: 'Bytes and contents of the account, and its traffic' })
  async usage(@CurrentUser() caller: Caller) {
    const usage = await this.query.usageOf(caller.userId);
    return {
      totalSize: Number(usage.totalSize),
      numPins: Number(usage.numPins),
      bytesIn: Number(usage.bytesIn),
      bytesOut: Number(usage.bytesOut),
    };
  }
}
