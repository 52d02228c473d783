import { idAddress } from '../chain/addresses.js';
/** Of 64 GiB, as proof type 9 has it. */ const SECTOR_SIZE = 64 * 2 ** 30;
const POWER_PER_MINER = 2n ** 50n;
const ASK_LIFETIME = 1_000_000;
/** Lotus' MinerInfo (StateMinerInfo); the owner is worker as well. */ export function minerInfo(roster, miner) {
    return {
        Owner: miner.owner,
        Worker: miner.owner,
        NewWorker: idAddress(0),
        ControlAddresses: [
            miner.owner
        ],
        WorkerChangeEpoch: -1,
        PeerId: miner.peerId,
        Multiaddrs: [
            Buffer.from(roster.multiaddr(miner.address)).toString('base64')
        ],
        WindowPoStProofType: 9,
        SectorSize: SECTOR_SIZE,
        WindowPoStPartitionSectors: 2300,
        ConsensusFaultElapsed: -1,
        PendingOwnerAddress: null,
        Beneficiary: miner.owner,
        BeneficiaryTerm: {
            Quota: '0',
            UsedQuota: '0',
            Expiration: 0
        },
        PendingBeneficiaryTerm: null
    };
}
/** Lotus' MinerPower: all miners are equally powerful. Bytes as text. */ export function minerPower(roster) {
    const claim = (power)=>({
            RawBytePower: String(power),
            QualityAdjPower: String(power)
        });
    return {
        MinerPower: claim(POWER_PER_MINER),
        TotalPower: claim(POWER_PER_MINER * BigInt(roster.miners.length)),
        HasMinPower: true
    };
}
/** Go's StorageAsk. Prices are attoFIL per GiB and epoch. */ export function storageAsk(miner, clock) {
    const period = Math.floor(clock.height / ASK_LIFETIME);
    return {
        Response: {
            Price: String(miner.ask.price),
            VerifiedPrice: String(miner.ask.verifiedPrice),
            MinPieceSize: miner.ask.minPieceSize,
            MaxPieceSize: miner.ask.maxPieceSize,
            Miner: miner.address,
            Timestamp: period * ASK_LIFETIME,
            Expiry: (period + 2) * ASK_LIFETIME,
            SeqNo: period
        },
        DealProtocols: [
            '/fil/storage/mk/1.1.0'
        ]
    };
}

//# sourceMappingURL=miner-view.js.map
