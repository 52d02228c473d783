import { Injectable } from '@nestjs/common';
import { ChainFacts, type EpochClock } from '../../chain/index.js';

/** How long a page waits for the chain's clock, which is nearly always at hand. */
const PATIENCE_MS = 500;

/** The conversion from epochs to dates for pages; null while the chain cannot be asked, because a page without dates is better than none. */
@Injectable()
export class ReadDates {
  constructor(private readonly facts: ChainFacts) {}

  async run(): Promise<EpochClock | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), PATIENCE_MS);
    });
    const clock = this.facts.epochClock().catch(() => null);
    return Promise.race([clock, late]).finally(() => clearTimeout(timer));
  }
}
