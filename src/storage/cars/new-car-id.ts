import { randomBytes } from 'node:crypto';
import { carId, type CarId } from '../../shared/index.js';

/** A UUID that begins with the time (RFC 9562, 5.7): CARs sort as they were made, in the folder and in the database. */
export function newCarId(): CarId {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return carId(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}
