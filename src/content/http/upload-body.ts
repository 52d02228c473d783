import type { IncomingMessage } from 'node:http';
import { SmallParts } from '../../platform/http/index.js';

/** Read ahead of the consumer by this much, then the socket waits. */
export const READ_AHEAD_BYTES = 1024 * 1024;
/**
 * A request's body, buffer by buffer as the parser made them: the stream's own iterator would join what has gathered,
 * at a copy. Small parts alone are joined, and wait for each other or the end: whoever gathers a block out of them
 * would hold hundreds of times its bytes. When the consumer stops, the connection stays: the answer still has to go out
 * on it.
 */
export async function* bodySource(
  request: IncomingMessage,
  aheadBytes = READ_AHEAD_BYTES,
): AsyncGenerator<Uint8Array, void, undefined> {
  const queue: Buffer[] = [];
  const small = new SmallParts();
  let queued = 0;
  let end: 'complete' | Error | undefined;
  let wake: (() => void) | undefined;
  const onData = (data: Buffer): void => {
    for (const part of small.add(data)) {
      queue.push(part);
      queued += part.length;
    }
    if (queued > aheadBytes) request.pause();
    wake?.();
  };
  const finish = (how: 'complete' | Error) => (): void => {
    end ??= how;
    wake?.();
  };
  const onEnd = finish('complete');
  const onBroken = finish(new Error('the connection ended before the body did'));
  request.on('data', onData).on('end', onEnd).on('error', onBroken).on('aborted', onBroken).on('close', onBroken);
  try {
    for (;;) {
      const next = queue.shift();
      const last = next === undefined && end !== undefined ? small.take() : null;
      if (next) {
        queued -= next.length;
        if (queued <= aheadBytes / 2 && request.isPaused()) request.resume();
        yield next;
      } else if (last) yield last;
      else if (end === 'complete') return;
      else if (end) throw end;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    request.off('data', onData).off('end', onEnd).off('aborted', onBroken).off('close', onBroken);
    // What still comes is let run into nothing: a client that cannot get rid of its bytes does not read our refusal.
    // The error filter ends it in time.
    if (!request.complete) request.resume();
  }
}
