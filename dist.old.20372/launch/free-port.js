import { createServer } from 'node:net';
/** Whether `port` can be listened on at `host` now; any other trouble than "in use" is thrown. */ export function isFree(port, host = '127.0.0.1') {
    return new Promise((resolve, reject)=>{
        const probe = createServer();
        probe.once('error', (error)=>error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
        probe.listen({
            port,
            host,
            exclusive: true
        }, ()=>probe.close(()=>resolve(true)));
    });
}
/** Keeps a free port from everybody else until it is released; whoever connects meanwhile is turned away. */ export function reservePort(port, host) {
    return new Promise((resolve, reject)=>{
        const holder = createServer((socket)=>socket.destroy());
        holder.once('error', reject);
        holder.listen({
            port,
            host,
            exclusive: true
        }, ()=>resolve(()=>new Promise((released)=>holder.close(()=>released()))));
    });
}
/** A port that nobody uses at this moment, chosen by the system. */ export function freePort(host = '127.0.0.1') {
    return new Promise((resolve, reject)=>{
        const probe = createServer();
        probe.once('error', reject);
        probe.listen({
            port: 0,
            host
        }, ()=>{
            const address = probe.address();
            const port = typeof address === 'object' && address !== null ? address.port : 0;
            probe.close(()=>resolve(port));
        });
    });
}

//# sourceMappingURL=free-port.js.map
