import type { CID } from 'multiformats/cid';
import { canVerify, type CarBlock, CarMalformed, CarReader, hashMatches } from '../../ipld/index.js';
import { pauseIfDue } from '../../shared/index.js';
import { BlockHashMismatch, CarInvalid, HashNotSupported } from './content.errors.js';

/** A CAR on its way in, read up to its first block. */
export interface UploadedCar {
  /** Each once, in the header's order; at least one. */
  roots: readonly CID[];
  /** Each block verified before it is handed on. @throws CarInvalid, BlockHashMismatch, HashNotSupported */
  blocks: AsyncGenerator<CarBlock>;
}

/**
 * A CAR, version 1 or 2, from a stranger. Whatever is wrong ends it with an error that names the byte.
 * @throws CarInvalid
 */
export async function openUploadedCar(source: AsyncIterable<Uint8Array>, maxRoots: number): Promise<UploadedCar> {
  try {
    const reader = await CarReader.open(source);
    return { roots: reader.roots(maxRoots), blocks: verifiedBlocks(reader) };
  } catch (error) {
    throw asCarInvalid(error);
  }
}

async function* verifiedBlocks(reader: CarReader): AsyncGenerator<CarBlock> {
  try {
    for await (const block of reader.blocks()) {
      // A CAR may be nothing but blocks of a few bytes.
      await pauseIfDue();
      assertVerified(block);
      yield block;
    }
  } catch (error) {
    throw asCarInvalid(error);
  }
}

function assertVerified({ cid, bytes, offset }: CarBlock): void {
  const details = { offset, cid: cid.toString() };
  if (!canVerify(cid))
    throw new HashNotSupported(`the hash of ${details.cid} is of a kind that is not checked here`, { details });
  if (!hashMatches(cid, bytes))
    throw new BlockHashMismatch(`the bytes at offset ${offset} are not the block ${details.cid}`, { details });
}

function asCarInvalid(error: unknown): unknown {
  return error instanceof CarMalformed
    ? new CarInvalid(error.message, { details: { offset: error.offset }, cause: error })
    : error;
}
