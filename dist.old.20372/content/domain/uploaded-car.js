import { canVerify, CarMalformed, CarReader, hashMatches } from '../../ipld/index.js';
import { pauseIfDue } from '../../shared/index.js';
import { BlockHashMismatch, CarInvalid, HashNotSupported } from './content.errors.js';
/**
 * A CAR, version 1 or 2, from a stranger. Whatever is wrong ends it with an error that names the byte.
 * @throws CarInvalid
 */ export async function openUploadedCar(source, maxRoots) {
    try {
        const reader = await CarReader.open(source);
        return {
            roots: reader.roots(maxRoots),
            blocks: verifiedBlocks(reader)
        };
    } catch (error) {
        throw asCarInvalid(error);
    }
}
async function* verifiedBlocks(reader) {
    try {
        for await (const block of reader.blocks()){
            // A CAR may be nothing but blocks of a few bytes.
            await pauseIfDue();
            assertVerified(block);
            yield block;
        }
    } catch (error) {
        throw asCarInvalid(error);
    }
}
function assertVerified({ cid, bytes, offset }) {
    const details = {
        offset,
        cid: cid.toString()
    };
    if (!canVerify(cid)) throw new HashNotSupported(`the hash of ${details.cid} is of a kind that is not checked here`, {
        details
    });
    if (!hashMatches(cid, bytes)) throw new BlockHashMismatch(`the bytes at offset ${offset} are not the block ${details.cid}`, {
        details
    });
}
function asCarInvalid(error) {
    return error instanceof CarMalformed ? new CarInvalid(error.message, {
        details: {
            offset: error.offset
        },
        cause: error
    }) : error;
}

//# sourceMappingURL=uploaded-car.js.map
