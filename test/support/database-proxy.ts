import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The way to a database server, which a test can cut. */
export interface DatabaseProxy {
  /** The same database, by this way. */
  url: string;
  /** Connections end, new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** @param databaseUrl the real one, on this machine */
export async function databaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const real = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
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
      inner.pipe(outer).pipe(inner);
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

  await mend();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { url: url.href, cut, mend, close: cut };
}
