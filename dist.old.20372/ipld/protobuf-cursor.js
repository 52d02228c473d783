/** Wire types of protobuf (https://protobuf.dev/programming-guides/encoding/#structure). */ export const VARINT = 0;
export const FIXED_64 = 1;
export const BYTES = 2;
export const FIXED_32 = 5;
/** Reads the fields of one protobuf message, one after the other, and makes no objects on its way. */ export class ProtobufCursor {
    constructor(bytes, at, limit){
        this.bytes = bytes;
        this.at = at;
        this.limit = limit;
        /** Of the field that `next` has come to. */ this.wire = 0;
        this.field = 0;
        /** Of the stretch that `stretch` has passed. */ this.start = 0;
        this.end = 0;
    }
    /** Comes to the next field; false: there is none. @throws Error when the bytes end inside its key */ next() {
        if (this.at >= this.limit) return false;
        const key = this.varint();
        this.wire = key & 7;
        this.field = key >> 3;
        return true;
    }
    /** A varint, as precise as a double. @throws Error when it has more than ten bytes, or the message ends inside */ varint() {
        let value = 0;
        for(let shift = 0; shift < 64; shift += 7){
            if (this.at >= this.limit) throw new Error('the bytes end inside a number');
            const byte = this.bytes[this.at];
            this.at += 1;
            value += shift < 28 ? (byte & 0x7f) << shift : (byte & 0x7f) * 2 ** shift;
            if (byte < 0x80) return value;
        }
        throw new Error('a number has more than ten bytes');
    }
    /** Passes a field of wire type 2 and leaves its `start` and `end`. @throws Error when it passes the message's end */ stretch() {
        const length = this.varint();
        if (this.at + length > this.limit) throw new Error('the bytes end inside a field');
        this.start = this.at;
        this.end = this.at + length;
        this.at = this.end;
    }
    /** Passes a field whose meaning is not known. @throws Error for wire types that no message has any more */ skip() {
        if (this.wire === VARINT) this.varint();
        else if (this.wire === BYTES) this.stretch();
        else if (this.wire === FIXED_32 || this.wire === FIXED_64) {
            this.at += this.wire === FIXED_32 ? 4 : 8;
            if (this.at > this.limit) throw new Error('the bytes end inside a field');
        } else throw new Error(`wire type ${this.wire} is not known`);
    }
}

//# sourceMappingURL=protobuf-cursor.js.map
