const HTTP_ADDRESS = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)(?:\/tls(?:\/sni\/[^/]+)?)?\/(https?)(?:\/|$)/;
/** A suspension with an end is over by itself. */ export function isSuspended(miner, now) {
    return miner.suspended && (miner.suspendedUntil === null || miner.suspendedUntil > now);
}
/** Base URL of the first multiaddr that names an HTTP endpoint, `/dns4/sp.example/tcp/443/https`; null without one. */ export function httpUrlOf(addresses) {
    for (const address of addresses){
        const match = HTTP_ADDRESS.exec(address);
        if (!match) continue;
        const [, family = '', host = '', port = '', scheme = ''] = match;
        const secure = scheme === 'https' || address.includes('/tls');
        return `${secure ? 'https' : 'http'}://${family === 'ip6' ? `[${host}]` : host}:${port}`;
    }
    return null;
}

//# sourceMappingURL=miner.js.map
