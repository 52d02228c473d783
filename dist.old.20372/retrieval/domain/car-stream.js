import { CarMalformed, CarReader, CarTruncated, readSections } from '../../ipld/index.js';
import { FetchFailed } from './retrieval.errors.js';
/**
 * The blocks of a CARv1 or CARv2 in the order of the stream. Nothing is verified but the framing; the header's roots
 * are ignored, as a stranger wrote them.
 * @throws FetchFailed 'truncated' or 'wrong-bytes'.
 */ export async function* readCar(source) {
    try {
        yield* (await CarReader.open(source)).blocks();
    } catch (error) {
        throw asFetchFailed(error);
    }
}
/**
 * The blocks of a stretch of CAR sections without header.
 * @throws FetchFailed 'truncated' or 'wrong-bytes'.
 */ export async function* readStretch(source) {
    try {
        yield* readSections(source);
    } catch (error) {
        throw asFetchFailed(error);
    }
}
/** What is wrong with a CAR is the fault of the miner that sent it. */ function asFetchFailed(error) {
    if (error instanceof CarTruncated) return new FetchFailed('truncated', error.message, error);
    return error instanceof CarMalformed ? new FetchFailed('wrong-bytes', error.message, error) : error;
}

//# sourceMappingURL=car-stream.js.map
