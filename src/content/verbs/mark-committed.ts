import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import { ContentRemovals } from '../ports/content-removals.port.js';

/** The commP of a sealed CAR is known. May be repeated. */
@Injectable()
export class MarkCommitted {
  constructor(private readonly removals: ContentRemovals) {}

  async run(carId: CarId): Promise<void> {
    await this.removals.markCommitted(carId);
  }
}
