import { readSectionPrefix } from '../../ipld/index.js';
/** Varint and CID fit in this: what is read of a large section. */ const PEEK_BYTES = 160;
/** Small sections are read many at a time. */ const WINDOW_BYTES = 256 * 1024;
const LARGE_SECTION = 16 * 1024;
/**
 * The sections between two offsets of a CAR file, without the bytes of large blocks. Ends at the first thing that is
 * not a whole section (a torn tail), so it can be used on files that nobody finished.
 */ export async function* scanSections(handle, from, to) {
    const window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, Math.max(0, to - from)));
    let windowStart = from;
    let filled = 0;
    let ahead = window.length;
    let at = from;
    while(at < to){
        if (windowStart + filled - at < Math.min(PEEK_BYTES, to - at)) {
            ({ bytesRead: filled } = await handle.read(window, 0, Math.min(ahead, to - at), at));
            windowStart = at;
        }
        // A copy: the CID outlives what is in the window.
        const head = Uint8Array.from(window.subarray(at - windowStart, Math.min(filled, at - windowStart + PEEK_BYTES)));
        const section = parseSection(head, at);
        if (!section || section.offset + section.length > to) return;
        yield section;
        at = section.offset + section.length;
        ahead = section.length > LARGE_SECTION ? PEEK_BYTES : window.length;
    }
}
/** Index entries of the sections between two offsets, some thousands at a time. */ export async function* scanEntries(handle, carId, from, to) {
    let entries = [];
    for await (const { cid, offset, length } of scanSections(handle, from, to)){
        entries.push({
            key: cid.multihash.bytes,
            place: {
                carId,
                offset,
                length,
                cidLength: cid.bytes.length
            }
        });
        if (entries.length >= 5000) {
            yield entries;
            entries = [];
        }
    }
    if (entries.length > 0) yield entries;
}
function parseSection(bytes, start) {
    const prefix = readSectionPrefix(bytes);
    return prefix && {
        cid: prefix.cid,
        start,
        offset: start + prefix.prefixLength,
        length: prefix.blockLength
    };
}

//# sourceMappingURL=section-scan.js.map
