import { DomainError } from '../../shared/index.js';
import { ContentTooLarge, QuotaExceeded, UploadAborted } from './content.errors.js';
const MAX_NAME_BYTES = 1024;
/**
 * How many bytes of blocks or of a CAR may come in for an account that may store `left` more. What counts is the size
 * of the content, and that is known at the end, where the store compares it; on the way only what cannot fit in any
 * case is stopped: nodes, CIDs and headers come on top of a content's own bytes.
 */ export function incomingBytesLimit(left) {
    return left + Math.ceil(left / 8) + 64 * 1024;
}
/**
 * The source as it is, up to its bounds; its own failures (a client that hangs up) get a name.
 * @throws ContentTooLarge, QuotaExceeded, UploadAborted
 */ export async function* bounded(source, bounds) {
    let bytes = 0;
    const iterator = source[Symbol.asyncIterator]();
    try {
        for(;;){
            const next = await iterator.next().catch((error)=>{
                if (error instanceof DomainError) throw error;
                throw new UploadAborted('the upload broke off', {
                    details: {
                        bytes
                    },
                    cause: error
                });
            });
            if (next.done) return;
            bytes += next.value.length;
            assertWithin(bytes, bounds);
            yield next.value;
        }
    } finally{
        await iterator.return?.();
    }
}
/** @throws ContentTooLarge, QuotaExceeded */ export function assertWithin(bytes, { limit, left, incoming }) {
    if (left !== null && bytes > (incoming ?? left)) throw new QuotaExceeded(left);
    if (bytes > limit) throw new ContentTooLarge(`contents may have at most ${limit} bytes`, {
        details: {
            limit
        }
    });
}
/**
 * A name as it can be stored, listed and put into JSON and headers: no path in front, no control characters,
 * well-formed Unicode, at most 1,024 bytes of UTF-8.
 */ export function contentName(given, otherwise) {
    const base = (given ?? '').split(/[/\\]/).pop() ?? '';
    let name = base.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, '').trim();
    while(Buffer.byteLength(name) > MAX_NAME_BYTES)name = name.slice(0, -1).toWellFormed();
    return name === '' ? otherwise : name;
}

//# sourceMappingURL=upload.js.map
