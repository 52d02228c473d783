import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { PieceTerms } from '../store/piece-terms.js';

/** The operator has raised the platform's price caps: pieces that wait for a miner at the old ones get the new. */
@Injectable()
export class FollowPlatformPrice {
  constructor(
    private readonly terms: PieceTerms,
    private readonly config: AppConfig,
  ) {}

  async run(): Promise<void> {
    const { DEALS_MAX_PRICE, DEALS_MAX_VERIFIED_PRICE } = this.config.values;
    await this.terms.followPlatformPrice(false, DEALS_MAX_PRICE);
    await this.terms.followPlatformPrice(true, DEALS_MAX_VERIFIED_PRICE);
  }
}
