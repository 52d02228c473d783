import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { FilPriceSource, type FilPrice } from '../ports/fil-price-source.port.js';

/** The price that an operator wrote into FIL_USD: as old as this process. */
@Injectable()
export class ConfiguredFilPrice extends FilPriceSource {
  private readonly since: Date;

  constructor(
    private readonly config: AppConfig,
    clock: Clock,
  ) {
    super();
    this.since = clock.now();
  }

  async price(): Promise<FilPrice | null> {
    const usd = this.config.values.FIL_USD;
    return usd === undefined ? null : { usd, source: 'FIL_USD (set by the operator)', at: this.since };
  }
}
