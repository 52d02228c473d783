import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The way to a database server, which a test can cut, or make swallow all that is said. */
export interface DatabaseProxy {
  /** The same database, by this way. */
  url: string;
  /** Connections end, new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** As of a server that hangs: connections stand, new ones are taken, and nothing is answered any more. */
  freeze(): void;
  /** What was said meanwhile arrives. */
  thaw(): void;
  close(): Promise<void>;
}

/** @param databaseUrl the real one, on this machine */
export async function databaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const real = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const pairs = new Set<readonly [inner: Socket, outer: Socket]>();
  let frozen = false;
  let port = 0;

  const mend = async (): Promise<void> => {
    server = createServer((inner) => {
      const outer = connect(Number(real.port), real.hostname);
      for (const socket of [inner, outer]) {
        sockets.add(socket);
        socket
          .on('error', () => undefined)
          .on('close', () => {
            sockets.delete(socket);
            inner.destroy();
            outer.destroy();
          });
      }
      const pair = [inner, outer] as const;
      pairs.add(pair);
      inner.once('close', () => pairs.delete(pair));
      if (!frozen) flow(pair);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  };
  const cut = async (): Promise<void> => {
    const closing = server && once(server, 'close');
    server?.close();
    server = undefined;
    for (const socket of sockets) socket.destroy();
    await closing;
  };

  const freeze = (): void => {
    frozen = true;
    for (const pair of pairs) for (const socket of pair) socket.unpipe().pause();
  };
  const thaw = (): void => {
    frozen = false;
    for (const pair of pairs) flow(pair);
  };

  await mend();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { url: url.href, cut, mend, freeze, thaw, close: cut };
}

function flow([inner, outer]: readonly [Socket, Socket]): void {
  inner.pipe(outer).pipe(inner);
}
