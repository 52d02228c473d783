import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, Unowned } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import type { MinerId } from '../../shared/index.js';
import { QueryAsk } from '../verbs/query-ask.js';
import { minerAddress } from './miners.dto.js';
import { askView } from './miners.presenter.js';

@ApiTags('miners')
@Controller('public/miners/storage/query')
export class AskController {
  constructor(private readonly query: QueryAsk) {}

  @Get(':miner')
  @Public()
  @Unowned()
  @ApiOperation({ summary: 'What a miner asks, asked now' })
  @ApiOkResponse({
    description: 'miner, price, verifiedPrice (attoFIL per GiB and epoch), minPieceSize, maxPieceSize (padded bytes)',
  })
  async ask(@Param('miner', new ZodPipe(minerAddress)) miner: MinerId): Promise<object> {
    return askView(miner, await this.query.run(miner));
  }
}
