import { MAX_VARINT_BYTES, readVarint } from '../varint.js';
/**
 * Takes exact lengths out of a stream of buffers, and knows how far it has come. What lies in one buffer is handed out
 * as a view of it; only what spans buffers is copied. Holds no more than what was asked for and one buffer.
 */ export class ByteReader {
    constructor(source){
        /** Bytes taken so far. */ this.offset = 0;
        this.buffers = [];
        this.available = 0;
        this.source = source[Symbol.asyncIterator]();
    }
    async isAtEnd() {
        return !await this.fill(1);
    }
    /** Null when the stream ends before. */ async take(length) {
        if (!await this.fill(length)) return null;
        this.offset += length;
        this.available -= length;
        const [first] = this.buffers;
        if (first && first.length > length) {
            this.buffers[0] = first.subarray(length);
            return first.subarray(0, length);
        }
        if (first?.length === length) return this.buffers.shift() ?? null;
        return this.gather(length);
    }
    /** Null when the stream ends inside. @throws RangeError when it is no length. */ async varint() {
        await this.fill(MAX_VARINT_BYTES);
        const head = this.buffers.length > 1 ? Buffer.concat(this.buffers.slice(0, MAX_VARINT_BYTES)) : this.buffers[0];
        const read = head && readVarint(head);
        if (!read) return null;
        await this.take(read.length);
        return read.value;
    }
    /** False when the stream ends before. */ async skip(length) {
        let left = length;
        while(left > 0){
            if (!await this.fill(1)) return left === Infinity;
            const step = Math.min(left, this.available);
            await this.take(step);
            left -= step;
        }
        return true;
    }
    /** Tells the source that nothing more is wanted. May be repeated. */ async close() {
        await this.source.return?.();
    }
    async fill(length) {
        while(this.available < length){
            const next = await this.source.next();
            if (next.done) return false;
            if (next.value.length === 0) continue;
            this.buffers.push(next.value);
            this.available += next.value.length;
        }
        return true;
    }
    gather(length) {
        const result = Buffer.allocUnsafe(length);
        let filled = 0;
        let used = 0;
        while(filled < length){
            const buffer = this.buffers[used];
            const part = buffer.subarray(0, length - filled);
            result.set(part, filled);
            filled += part.length;
            if (part.length === buffer.length) used += 1;
            else this.buffers[used] = buffer.subarray(part.length);
        }
        this.buffers.splice(0, used);
        return result;
    }
}

//# sourceMappingURL=byte-reader.js.map
