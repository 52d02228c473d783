import { padPiece, padded } from '../storage/piece-cid.js';
import { enterStage } from './deal-machine.js';
import { State } from './deal-states.js';
import { proposalCid } from './proposal.js';
import { providerCollateralBounds } from './validation.js';
/** Epochs until a deal starts when the client names no epoch. */ const DEFAULT_START_DELAY = 240;
const TRANSFER_TYPES = [
    'graphsync',
    'manual',
    'http'
];
/** `ClientStartDeal`: builds the proposal and records the deal; everything else happens with the epochs. */ export class StartDeal {
    constructor(deals, imports, carStore, roster, accounts, clock){
        this.deals = deals;
        this.imports = imports;
        this.carStore = carStore;
        this.roster = roster;
        this.accounts = accounts;
        this.clock = clock;
    }
    /**
   * Returns the proposal CID. @throws Error in Lotus' words: unknown miner, wallet or import, an identical proposal.
   */ async run(params) {
        const miner = this.roster.find(params.Miner);
        if (!miner) throw new Error(`failed getting miner's peer ID: actor ${params.Miner} not found`);
        const wallet = this.accounts.find(params.Wallet);
        if (!wallet) throw new Error(`failed getting client's address: wallet ${params.Wallet} is not in this node`);
        if (!TRANSFER_TYPES.includes(params.Data.TransferType)) throw new Error(`unsupported transfer type '${params.Data.TransferType}'`);
        const source = this.imports.find(params.Data.Root['/']);
        if (!source) throw new Error(`no CARv2 file path for deal: no import with root ${params.Data.Root['/']}`);
        const proposal = await this.proposal(params, miner, wallet.address, source);
        const cid = proposalCid(proposal);
        if (this.deals.byProposal(cid)) throw new Error(`failed to start deal: an identical proposal ${cid} exists already`);
        return this.deals.add(newDeal(params, proposal, cid, source, this.deals.countOf(miner.address))).proposalCid;
    }
    /** Provider collateral, when the client names none, is the least with a fifth on top. */ async proposal(params, miner, client, source) {
        const piece = await this.piece(params, source);
        const startEpoch = params.DealStartEpoch || this.clock.height + DEFAULT_START_DELAY;
        const collateral = BigInt(params.ProviderCollateral ?? '0');
        return {
            ...piece,
            verified: params.VerifiedDeal ?? false,
            client,
            provider: miner.address,
            label: source.root,
            startEpoch,
            endEpoch: startEpoch + whole('MinBlocksDuration', params.MinBlocksDuration),
            pricePerEpoch: BigInt(params.EpochPrice),
            providerCollateral: collateral > 0n ? collateral : providerCollateralBounds(piece.pieceSize).min * 12n / 10n,
            clientCollateral: 0n
        };
    }
    /** The piece that the client names, or commP of its CAR. */ async piece({ Data }, source) {
        const pieceCid = Data.PieceCid?.['/'];
        if (pieceCid) {
            const pieceSize = padded(whole('Data.PieceSize', Data.PieceSize ?? 0));
            if (pieceSize < 128 || !Number.isInteger(Math.log2(pieceSize))) throw new Error(`Data.PieceSize ${Data.PieceSize} is not an unpadded piece size (127 * 2^n)`);
            return {
                pieceCid,
                pieceSize
            };
        }
        const measured = await this.carStore.measure(source.path);
        const miner256 = padPiece(measured, Math.max(256, measured.pieceSize));
        return {
            pieceCid: miner256.pieceCid,
            pieceSize: miner256.pieceSize
        };
    }
}
/** Due with the next epoch (`wake` 0). */ function newDeal(params, proposal, cid, source, nth) {
    const deal = {
        ...proposal,
        nth,
        proposalCid: cid,
        wallet: proposal.client,
        state: State.ReserveClientFunds,
        message: '',
        stages: [],
        transferType: params.Data.TransferType,
        root: source.root,
        path: source.path,
        carSize: source.size,
        fastRetrieval: params.FastRetrieval ?? false,
        createdAt: new Date().toISOString(),
        providerState: '',
        transferred: 0,
        sectorStart: -1,
        updatedEpoch: -1,
        slashEpoch: -1,
        wake: 0
    };
    enterStage(deal);
    return deal;
}
function whole(name, value) {
    if (!Number.isInteger(value) || value <= 0) throw new Error(`${name} must be a positive whole number`);
    return value;
}

//# sourceMappingURL=start-deal.js.map
