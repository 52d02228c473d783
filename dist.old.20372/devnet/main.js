import { Network } from './network.js';
import { parseOptions } from './options.js';
import { MinerHttp } from './retrieval/miner-http.js';
import { NetworkServer, NOTICE } from './rpc/http-server.js';
import { isDiskFull, waitForSpace } from './storage/disk-space.js';
/** To stderr: stdout carries one line of JSON, by which a parent learns that the network is ready and where. */ const say = (what)=>console.error(what);
/** The devnet's process: a simulated Filecoin network on loopback, until its parent goes or it is told to stop. */ async function main(options) {
    const leave = ()=>process.exit(0);
    process.once('disconnect', leave);
    await waitForSpace(options.dataDir, say);
    process.off('disconnect', leave);
    const net = new Network(options);
    const miners = net.roster.miners.map((miner)=>new MinerHttp(net, miner));
    for (const [index, miner] of miners.entries())await miner.listen(options.minerPorts[index]);
    const { server } = new NetworkServer(net, options.token);
    await new Promise((resolve, reject)=>{
        server.once('error', reject);
        server.listen(options.port, '127.0.0.1', resolve);
    });
    net.start();
    let stopping = false;
    const stop = ()=>{
        if (stopping) return;
        stopping = true;
        setTimeout(()=>process.exit(1), 1800).unref();
        server.closeAllConnections();
        server.close();
        void Promise.all(miners.map((miner)=>miner.close())).then(()=>net.stop()).then(()=>process.exit(0));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    process.once('disconnect', stop);
    const { port } = server.address();
    console.log(JSON.stringify({
        ready: true,
        rpc: `http://127.0.0.1:${port}/rpc/v1`,
        miners: net.roster.miners.length,
        notice: NOTICE
    }));
}
// What a full disk cut off in the middle is taken up by the next start, which waits for room.
for (const event of [
    'uncaughtException',
    'unhandledRejection'
]){
    process.on(event, (error)=>{
        say(isDiskFull(error) ? 'devnet: the disk is full; starting over when there is room' : error);
        process.exit(1);
    });
}
try {
    await main(parseOptions(process.argv.slice(2)));
} catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    console.error(busy ? `devnet: the port is busy, choose another with --port (${error.message})` : error instanceof Error ? error.message : error);
    process.exit(1);
}

//# sourceMappingURL=main.js.map
