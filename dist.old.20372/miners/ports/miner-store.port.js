/** The miners that we know, and every ask that they answered with. */ export class MinerStore {
}

//# sourceMappingURL=miner-store.port.js.map
