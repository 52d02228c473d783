import type { CarId } from '../../shared/index.js';
import { DiskFull } from '../domain/storage.errors.js';
import { CarPlace } from '../ports/car-place.port.js';

/** A place without disk; passes the same contract as the real ones. */
export class InMemoryCarPlace extends CarPlace {
  readonly name = 'memory:test';
  /** No CAR fits any more. */
  full = false;
  private readonly cars = new Map<CarId, { bytes: Buffer; modified: Date }>();

  async put(id: CarId, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    const parts: Uint8Array[] = [];
    for await (const part of bytes) parts.push(part);
    if (this.full) throw new DiskFull('there is no room left at this place');
    const whole = Buffer.concat(parts);
    this.cars.set(id, { bytes: whole, modified: new Date() });
    return whole.length;
  }

  read(id: CarId, offset: number, length: number): Promise<Buffer | null> {
    const car = this.cars.get(id);
    return Promise.resolve(
      car && offset + length <= car.bytes.length ? Buffer.from(car.bytes.subarray(offset, offset + length)) : null,
    );
  }

  sizeOf(id: CarId): Promise<number | null> {
    return Promise.resolve(this.cars.get(id)?.bytes.length ?? null);
  }

  async remove(id: CarId): Promise<number> {
    const size = await this.sizeOf(id);
    this.cars.delete(id);
    return size ?? 0;
  }

  async *list(): AsyncGenerator<{ id: CarId; modified: Date }> {
    for (const [id, { modified }] of this.cars) yield { id, modified };
  }
}
