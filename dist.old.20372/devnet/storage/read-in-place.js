import { open } from 'node:fs/promises';
const CHUNK = 512 * 1024;
/**
 * The bytes of a file from `start` on, in one buffer that is used again and again: what is yielded is valid until the
 * next chunk is asked for. Thirty GiB through a fresh buffer per chunk would outrun the garbage collector.
 */ export async function* readInPlace(path, start = 0, end = Infinity) {
    const file = await open(path, 'r');
    try {
        const buffer = Buffer.allocUnsafeSlow(CHUNK);
        for(let position = start; position < end;){
            const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, end - position), position);
            if (bytesRead === 0) return;
            yield buffer.subarray(0, bytesRead);
            position += bytesRead;
        }
    } finally{
        await file.close();
    }
}

//# sourceMappingURL=read-in-place.js.map
