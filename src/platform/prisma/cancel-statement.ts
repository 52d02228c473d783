import type { Socket } from 'node:net';
import pg from 'pg';

/** A server that does not take the request by then never gets it. */
const CANCEL_MS = 5_000;

/** What the driver has and its types do not tell. */
interface Wire {
  stream: Socket;
  ssl: unknown;
  connect(port: number | string, host?: string): void;
  cancel(pid: number, key: unknown): void;
  on(event: string, listener: (error?: Error) => void): void;
}

/**
 * Asks the server to end what it does for this client (PostgreSQL documentation, "Canceling Requests in Progress"), on
 * a connection of its own: a statement that nobody waits for any more would run on, and the next one beside it. One
 * that is over is not changed by it. Never throws; nobody hears whether it arrived.
 */
export function cancelStatement(client: pg.Client, options: pg.ClientConfig): void {
  const { processID: pid, secretKey: key } = client as unknown as { processID: number | null; secretKey: unknown };
  if (pid === null || pid === 0) return;
  const { connection, host, port } = new pg.Client(options) as unknown as {
    connection: Wire;
    host: string;
    port: number;
  };
  const end = (): void => void connection.stream.destroy();
  connection.on('error', end);
  connection.on(connection.ssl ? 'sslconnect' : 'connect', () => connection.cancel(pid, key));
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  // The server closes it as soon as it has read the request.
  connection.stream.setTimeout(CANCEL_MS, end).unref();
}
