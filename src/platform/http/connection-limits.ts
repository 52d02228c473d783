import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Environment } from '../../config/config.schema.js';
import { noteConnection } from '../../shared/index.js';

/** From the connection, or the end of the last answer's request, until the head of a request is complete. */
export const HEADERS_TIMEOUT_MS = 15_000;
/** How often Node looks for heads that are late. */
export const LATE_HEADS_CHECK_MS = 2_000;
/** While a body comes, this much of it has to come in each REQUEST_IDLE_SECONDS. */
const LEAST_BYTES = 16 * 1024;
/** Looks at a window: so much later than its end, at most, a body is given up. */
const WINDOW_CHECKS = 8;
/** A client that is refused before its body has come gets this long to read the answer. */
const LINGER_MS = 2_000;
const LINGER_BYTES = 1024 * 1024;

type Limits = Pick<Environment, 'CONNECTIONS_MAX' | 'CONNECTIONS_PER_ADDRESS' | 'REQUEST_IDLE_SECONDS'>;

/**
 * What a client can hold of this process without saying anything: the number of its connections, how long a head may
 * take, and how slowly a body may come. Connections over the limit are told so (429 and 503) and closed before anything
 * is read. Addresses of TRUSTED_PROXIES have no limit of their own.
 */
export function limitConnections(
  instance: FastifyInstance,
  limits: Limits,
  isProxy: (address: string) => boolean,
): void {
  const { server } = instance;
  const held = new Map<string, number>();
  let all = 0;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.on('connection', (socket: Socket) => {
    noteConnection();
    const address = socket.remoteAddress ?? '';
    const own = (held.get(address) ?? 0) + 1;
    if (all >= limits.CONNECTIONS_MAX) return refuse(socket, 503, 'ERR_UNAVAILABLE', 'too many connections');
    if (limits.CONNECTIONS_PER_ADDRESS > 0 && own > limits.CONNECTIONS_PER_ADDRESS && !isProxy(address))
      return refuse(socket, 429, 'ERR_TOO_MANY_REQUESTS', 'too many connections from this address');
    all += 1;
    held.set(address, own);
    socket.once('close', () => {
      all -= 1;
      const left = (held.get(address) ?? 1) - 1;
      if (left > 0) held.set(address, left);
      else held.delete(address);
    });
  });
  endSlowBodies(instance, limits.REQUEST_IDLE_SECONDS * 1000);
}

/** Answers by hand and closes: there is no request yet. */
function refuse(socket: Socket, status: number, reason: string, details: string): void {
  endWith(socket, status, reason, details);
  socket.pause();
  socket.on('error', () => undefined);
}

/** One JSON answer on a bare connection, and its end. The client gets a moment to read it. */
export function endWith(socket: Socket, status: number, reason: string, details: string): void {
  const body = JSON.stringify({ error: { code: status, reason, details } });
  if (!socket.writable) return void socket.destroy();
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nRetry-After: 1\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** How far a body was when its window began. */
interface Window {
  bytesRead: number;
  since: number;
}

/**
 * A body that comes at less than 16 KiB in `windowMs` is given up: 408 and the end of the connection. Time in which we
 * do not read (the disk is busy) is not counted against the client.
 */
function endSlowBodies(instance: FastifyInstance, windowMs: number): void {
  const open = new Map<FastifyRequest, Window>();
  instance.addHook('onRequest', (request, _reply, done) => {
    if (hasBody(request)) {
      open.set(request, { bytesRead: request.socket.bytesRead, since: performance.now() });
      request.raw.once('close', () => open.delete(request));
      request.raw.once('end', () => open.delete(request));
    }
    done();
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [request, window] of open) {
      const { raw, socket } = request;
      const unread = raw.readableLength > 0;
      if (unread || socket.bytesRead - window.bytesRead >= LEAST_BYTES)
        open.set(request, { bytesRead: socket.bytesRead, since: now });
      else if (now - window.since >= windowMs && !raw.complete) {
        open.delete(request);
        endWith(socket, 408, 'ERR_REQUEST_TIMEOUT', 'the body did not come in time');
      }
    }
  }, windowMs / WINDOW_CHECKS);
  timer.unref();
  instance.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * A request is answered before its body has come: the answer says that the connection ends with it. Nothing parses what
 * still comes: it runs into nothing for two seconds and 1 MiB at most, so that a client that is still sending can read
 * the answer (a connection that is closed with unread bytes is reset, and takes the answer along).
 */
export function endAfterAnswer(request: FastifyRequest, setHeader: (name: string, value: string) => void): void {
  if (request.raw.complete || !hasBody(request)) return;
  const { socket } = request;
  setHeader('connection', 'close');
  // With a listener for bytes, Node's parser lets go of the connection; without its own, it gets none of them.
  let dropped = 0;
  socket.on('data', () => undefined);
  socket.removeAllListeners('data');
  socket.on('data', (data) => {
    dropped += data.length;
    if (dropped > LINGER_BYTES) socket.pause();
  });
  // Node calls this one when an answer with `Connection: close` has gone out.
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}
