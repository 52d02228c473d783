import { FetchFailed } from '../../retrieval/index.js';
import { SystemClock } from '../../shared/index.js';
/**
 * Passes a stream on, and gives up on one that trickles: silence alone has a time limit elsewhere. Time in which nobody
 * reads does not count.
 * @throws FetchFailed 'too-slow'.
 */ export async function* withMinimumRate(source, { bytesPerSecond = 4 * 1024, windowMs = 30_000, clock = new SystemClock() } = {}) {
    let waited = 0;
    let bytes = 0;
    let asked = clock.monotonicMs();
    for await (const chunk of source){
        waited += clock.monotonicMs() - asked;
        bytes += chunk.length;
        if (waited > windowMs) {
            if (bytes < bytesPerSecond * waited / 1000) throw new FetchFailed('too-slow', `${Math.round(bytes / (waited / 1000))} bytes a second`);
            waited = 0;
            bytes = 0;
        }
        yield chunk;
        asked = clock.monotonicMs();
    }
}
/**
 * Exactly `length` bytes from `offset` on; then stops reading.
 * @throws FetchFailed 'truncated' when the stream ends before.
 */ export async function* rangeOf(source, offset, length) {
    let position = 0;
    const end = offset + length;
    for await (const chunk of source){
        const from = Math.max(0, offset - position);
        const to = Math.min(chunk.length, end - position);
        position += chunk.length;
        if (to > from) yield chunk.subarray(from, to);
        if (position >= end) return;
    }
    throw new FetchFailed('truncated', `${Math.max(0, position - offset)} of ${length} bytes came`);
}

//# sourceMappingURL=stream-guards.js.map
