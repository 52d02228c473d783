import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../../accounts/index.js';
import { PublicDeals } from '../../deals/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { presentFailure } from './miners.presenter.js';

/** `before` is the id of the last failure seen. */
const failuresQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the id of a deal')
    .transform((text) => BigInt(text))
    .optional(),
});

/** What went wrong with deals, for everybody: no account, no name, not the miner's own words. */
@ApiTags('public')
@Public()
@Controller('public/deals')
export class PublicDealsController {
  constructor(private readonly publicDeals: PublicDeals) {}

  /** GET /public/deals/failures (estuary.md 1.9), newest deal first. */
  @Get('failures')
  @ApiOperation({ summary: 'Failures of deals with all miners, newest first, with phase and typed reason' })
  async failures(@Query(new ZodPipe(failuresQuery)) { limit, before }: z.output<typeof failuresQuery>) {
    return (await this.publicDeals.failures({ limit, before })).map(presentFailure);
  }
}
