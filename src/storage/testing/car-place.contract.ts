import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CarId } from '../../shared/index.js';
import { newCarId } from '../domain/car.js';
import type { CarPlace } from '../ports/car-place.port.js';

export interface CarPlaceWorld {
  place: CarPlace;
  close(): Promise<void>;
}

/** What every place where sealed CARs can lie promises. */
export function describeCarPlaceContract(name: string, make: () => Promise<CarPlaceWorld>): void {
  describe(`the place for CARs ${name}`, () => {
    let world: CarPlaceWorld;
    let place: CarPlace;
    beforeEach(async () => {
      world = await make();
      place = world.place;
    });
    afterEach(() => world.close());

    it('has a name that rows can bear', () => {
      expect(place.name).toMatch(/^[a-z0-9]+:[a-z0-9.-]+$/);
    });

    it('gives back what was put there, whole and in stretches', async () => {
      const id = newCarId();
      const bytes = randomBytes(100_000);
      expect(await place.put(id, inParts(bytes, 30_000))).toBe(bytes.length);
      expect(await place.sizeOf(id)).toBe(bytes.length);
      expect((await place.read(id, 0, bytes.length))?.equals(bytes)).toBe(true);
      expect((await place.read(id, 29_990, 20))?.equals(bytes.subarray(29_990, 30_010))).toBe(true);
      expect((await place.read(id, bytes.length, 0))?.length).toBe(0);
    });

    it('gives each reader bytes of its own', async () => {
      const id = newCarId();
      await place.put(id, inParts(Buffer.alloc(100, 7)));
      (await place.read(id, 0, 100))?.fill(1);
      expect((await place.read(id, 0, 100))?.equals(Buffer.alloc(100, 7))).toBe(true);
    });

    it('answers null for what is not there, and for a stretch behind the end', async () => {
      const id = newCarId();
      expect([await place.sizeOf(id), await place.read(id, 0, 1)]).toEqual([null, null]);
      await place.put(id, inParts(Buffer.alloc(10)));
      expect([await place.read(id, 5, 6), await place.read(id, 11, 1)]).toEqual([null, null]);
    });

    it('puts a CAR in place of the one before, for those who read it already, too', async () => {
      const id = newCarId();
      await place.put(id, inParts(Buffer.alloc(100, 1)));
      expect((await place.read(id, 0, 1))?.[0]).toBe(1);
      await place.put(id, inParts(Buffer.alloc(50, 2)));
      expect([(await place.read(id, 0, 1))?.[0], await place.sizeOf(id)]).toEqual([2, 50]);
    });

    it('changes nothing when the bytes fail to come', async () => {
      const [kept, never] = [newCarId(), newCarId()];
      await place.put(kept, inParts(Buffer.alloc(100, 1)));
      const breaking = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(50, 2);
        throw new Error('the line is dead');
      };
      await expect(place.put(kept, breaking())).rejects.toThrow('the line is dead');
      await expect(place.put(never, breaking())).rejects.toThrow('the line is dead');
      expect((await place.read(kept, 0, 100))?.equals(Buffer.alloc(100, 1))).toBe(true);
      expect(await idsIn(place)).toEqual([kept]);
    });

    it('removes a CAR once, and says what it had', async () => {
      const id = newCarId();
      await place.put(id, inParts(Buffer.alloc(100)));
      expect((await place.read(id, 0, 1))?.length).toBe(1);
      expect([await place.remove(id), await place.remove(id)]).toEqual([100, 0]);
      expect([await place.sizeOf(id), await place.read(id, 0, 1)]).toEqual([null, null]);
    });

    it('lists what is there, with the time of its last change', async () => {
      expect(await idsIn(place)).toEqual([]);
      const ids = [newCarId(), newCarId(), newCarId()];
      const before = Date.now();
      for (const id of ids) await place.put(id, inParts(Buffer.alloc(10)));
      expect((await idsIn(place)).sort()).toEqual([...ids].sort());
      // File systems keep coarser clocks than we do.
      for await (const { modified } of place.list()) expect(Math.abs(modified.getTime() - before)).toBeLessThan(60_000);
    });
  });
}

async function* inParts(bytes: Buffer, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function idsIn(place: CarPlace): Promise<CarId[]> {
  const ids: CarId[] = [];
  for await (const { id } of place.list()) ids.push(id);
  return ids;
}
