import type { AddressInfo } from 'node:net';
import { Network } from './network.js';
import { parseOptions, type DevnetOptions } from './options.js';
import { MinerHttp } from './retrieval/miner-http.js';
import { NetworkServer, NOTICE } from './rpc/http-server.js';
import { isDiskFull, waitForSpace } from './storage/disk-space.js';

/** To stderr: stdout carries one line of JSON, by which a parent learns that the network is ready and where. */
const say = (what: unknown): void => console.error(what);

/** The devnet's process: a simulated Filecoin network on loopback, until its parent goes or it is told to stop. */
async function main(options: DevnetOptions): Promise<void> {
  const leave = () => process.exit(0);
  process.once('disconnect', leave);
  await waitForSpace(options.dataDir, say);
  process.off('disconnect', leave);
  const net = new Network(options);
  const miners = net.roster.miners.map((miner) => new MinerHttp(net, miner));
  for (const [index, miner] of miners.entries()) await miner.listen(options.minerPorts[index]);
  const { server } = new NetworkServer(net, options.token);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  net.start();

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), 1800).unref();
    server.closeAllConnections();
    server.close();
    void Promise.all(miners.map((miner) => miner.close()))
      .then(() => net.stop())
      .then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);

  const { port } = server.address() as AddressInfo;
  console.log(
    JSON.stringify({
      ready: true,
      rpc: `http://127.0.0.1:${port}/rpc/v1`,
      miners: net.roster.miners.length,
      notice: NOTICE,
    }),
  );
}

// What a full disk cut off in the middle is taken up by the next start, which waits for room.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    say(isDiskFull(error) ? 'devnet: the disk is full; starting over when there is room' : error);
    process.exit(1);
  });
}

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  console.error(
    busy
      ? `devnet: the port is busy, choose another with --port (${error.message})`
      : error instanceof Error
        ? error.message
        : error,
  );
  process.exit(1);
}
