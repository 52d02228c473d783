import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Bytes. A smaller part of a body is copied to others: as an object of its own it takes some 450 bytes. */
const SMALL_BYTES = 4 * 1024;
/** What is gathered in one piece. */
const PIECE_BYTES = 16 * 1024;

/**
 * Small parts that follow each other become pieces of some kilobytes. Larger parts are handed on as they are. All of them
 * keep their order.
 */
export class SmallParts {
  /** The first of a piece: alone it needs no copy. */
  private first: Buffer | null = null;
  private piece: Buffer | null = null;
  private used = 0;

  /** What is ready with this part, in order: nothing while a piece is gathered. */
  add(part: Buffer): Buffer[] {
    if (part.length >= SMALL_BYTES) {
      const before = this.take();
      return before ? [before, part] : [part];
    }
    if (part.length === 0) return [];
    if (this.used === 0) this.first = part;
    else this.gather(part);
    this.used += part.length;
    // The next small one always fits.
    const ready = this.used > PIECE_BYTES - SMALL_BYTES ? this.take() : null;
    return ready ? [ready] : [];
  }

  /** Bytes that are gathered and not taken. */
  get length(): number {
    return this.used;
  }

  /** What was gathered; null: nothing. */
  take(): Buffer | null {
    const { first, piece, used } = this;
    this.first = null;
    this.used = 0;
    if (first !== null || used === 0 || piece === null) return first;
    if (used >= PIECE_BYTES / 2) {
      this.piece = null;
      return piece.subarray(0, used);
    }
    // A piece that is nearly empty does not keep the memory of a full one.
    const own = Buffer.allocUnsafeSlow(used);
    piece.copy(own, 0, 0, used);
    return own;
  }

  private gather(part: Buffer): void {
    this.piece ??= Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.first?.copy(this.piece);
    this.first = null;
    part.copy(this.piece, this.used);
  }
}

/**
 * A body may come in parts of a byte, thousands in each packet, before anybody reads it or knows who sends it; Node
 * makes an object of each: 34 MiB for the 64 KiB that it holds back of one connection. From the head of a request on,
 * parts that come together are handed to its stream together.
 */
export function gatherSmallParts(instance: FastifyInstance): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    gatherPartsOf(request.raw);
    done();
  });
}

function gatherPartsOf(request: IncomingMessage): void {
  const push = request.push.bind(request);
  const small = new SmallParts();
  let due = false;
  const flush = (): void => {
    due = false;
    const rest = small.take();
    // As Node's parser does when the stream has enough; its next read goes on.
    if (rest && !request.destroyed && !push(rest)) request.socket.pause();
  };
  request.push = (part: Buffer | null): boolean => {
    if (part === null) {
      flush();
      return push(null);
    }
    let goesOn = true;
    for (const ready of small.add(part)) goesOn = push(ready);
    if (small.length > 0 && !due) {
      due = true;
      // After all that has come in this turn: the parser lets microtasks run between two parts.
      setImmediate(flush);
    }
    return goesOn;
  };
}
