import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Owned, type Caller } from '../../accounts/index.js';
import { ReadUsage } from '../verbs/read-usage.js';

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
}
