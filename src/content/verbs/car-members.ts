import { Injectable } from '@nestjs/common';
import type { CarId } from '../../shared/index.js';
import type { CarMember } from '../domain/content.js';
import { ContentRows } from '../ports/content-rows.port.js';

/** The contents that lie, at least in part, in one CAR: whose data a piece holds. */
@Injectable()
export class CarMembers {
  constructor(private readonly contents: ContentRows) {}

  async run(carId: CarId): Promise<CarMember[]> {
    return this.contents.inCar(carId);
  }
}
