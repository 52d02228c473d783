import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from './chain/accounts.js';
import { idAddress, idOf, peerId, sameNetwork } from './chain/addresses.js';
import { Chance } from './chain/chance.js';
import { chainCid, json } from './chain/cids.js';
import { EpochClock } from './chain/epoch-clock.js';
import { Messages } from './chain/messages.js';
import { TipSets } from './chain/tipsets.js';
import { DealMachine } from './market/deal-machine.js';
import { State } from './market/deal-states.js';
import { DealStore } from './market/deal-store.js';
import { Ledger } from './market/ledger.js';
import { StartDeal } from './market/start-deal.js';
import { Transfers } from './market/transfers.js';
import { Roster } from './miners/roster.js';
import { Retrievals } from './retrieval/retrievals.js';
import { BlockFinder } from './storage/block-finder.js';
import { CarReader } from './storage/car-reader.js';
import { CarStore } from './storage/car-store.js';
import { Database } from './storage/database.js';
import { Imports } from './storage/imports.js';
/**
 * Everything of the simulated network, put together: chain, wallet, market, miners, storage and retrieval over one
 * SQLite file. A folder belongs to the seed that it was made with.
 */ export class Network {
    constructor(options){
        this.name = 'tidewater-devnet';
        this.chainId = 31_415_926;
        this.reader = new CarReader();
        mkdirSync(options.dataDir, {
            recursive: true
        });
        this.db = new Database(join(options.dataDir, 'devnet.sqlite'));
        const seed = this.db.meta('seed', ()=>options.seed);
        if (seed !== options.seed) throw new Error(`devnet: ${options.dataDir} holds the network of seed '${seed}', not '${options.seed}'`);
        const count = Number(this.db.meta('miners', ()=>String(options.miners)));
        this.chance = new Chance(seed);
        this.nodePeerId = peerId(seed, 'node');
        this.clock = new EpochClock(this.db, options.epochMs);
        this.tipsets = new TipSets(seed, this.clock);
        this.accounts = new Accounts(this.db, seed);
        this.messages = new Messages(this.db, this.clock, this.accounts);
        this.roster = new Roster(this.db, this.chance, this.clock, count);
        this.deals = new DealStore(this.db);
        this.imports = new Imports(this.db);
        this.carStore = new CarStore(this.db, this.reader, join(options.dataDir, 'cars'));
        this.blocks = new BlockFinder(this.db, this.carStore);
        this.startDeal = new StartDeal(this.deals, this.imports, this.carStore, this.roster, this.accounts, this.clock);
        this.machine = new DealMachine({
            deals: this.deals,
            roster: this.roster,
            accounts: this.accounts,
            ledger: new Ledger(this.accounts),
            messages: this.messages,
            carStore: this.carStore,
            clock: this.clock,
            chance: this.chance,
            sealEpochs: options.sealEpochs
        }, (deal)=>this.transfers.start(deal));
        this.transfers = new Transfers(this.roster, this.carStore, this.chance, {
            received: (n, sha, bytes)=>this.db.transaction(()=>this.machine.received(n, sha, bytes)),
            verified: (n, carId)=>this.db.transaction(()=>this.machine.verified(n, carId)),
            failed: (n, message)=>this.db.transaction(()=>this.machine.failed(n, message))
        });
        this.dealView = {
            roster: this.roster,
            nodePeerId: this.nodePeerId,
            transferred: (deal)=>this.transfers.transferred(deal)
        };
        this.retrievals = new Retrievals(this.db, this.blocks, this.roster, this.clock, this.accounts, join(options.dataDir, 'retrieved'));
    }
    /** Takes up transfers and retrievals that the last process left, then lets epochs pass. */ start() {
        this.clock.onEpoch = (height)=>this.machine.onEpoch(height);
        for (const deal of this.deals.inState(State.Transferring, State.CheckForAcceptance)){
            if (deal.state === State.Transferring || deal.providerState === 'StorageDealVerifyData') this.transfers.start(deal);
        }
        this.retrievals.resume();
        this.clock.start();
    }
    /** In the middle of whatever runs: all of it is taken up by the next start. */ async stop() {
        this.clock.stop();
        this.transfers.stop();
        this.retrievals.stop();
        await this.reader.close();
        this.db.close();
    }
    /** `ClientCancelDataTransfer`: ends a deal whose bytes are still on their way. */ cancelTransfer(n) {
        const deal = this.deals.get(n);
        if (deal?.state !== State.Transferring) throw new Error(`no data transfer ${n} is running`);
        this.transfers.cancel(n);
        this.transaction(()=>this.machine.failed(n, 'data transfer cancelled'));
    }
    /** See Database.transaction. */ transaction(work) {
        return this.db.transaction(work);
    }
    /** Both addresses of an actor: its id and, for wallets, its key. */ resolve(address) {
        const account = this.accounts.find(address);
        if (account) return {
            id: account.idAddress,
            key: account.address
        };
        const id = idOf(sameNetwork(address));
        const known = this.roster.miners.some((miner)=>miner.address === idAddress(id ?? -1) || miner.owner === idAddress(id ?? -1)) || id !== undefined && id < 100;
        if (id === undefined || !known) throw new Error(`resolve address ${address}: actor not found`);
        return {
            id: idAddress(id),
            key: idAddress(id)
        };
    }
    /** Lotus' Actor. @throws Error when there is none. */ actor(address) {
        const { id, key } = this.resolve(address);
        const account = this.accounts.find(id);
        const kind = this.roster.find(id) ? 'fil/14/storageminer' : 'fil/14/account';
        return {
            Code: json(chainCid(kind)),
            Head: json(chainCid([
                'devnet/actor',
                id
            ])),
            Nonce: account?.nonce ?? 0,
            Balance: String(account?.balance ?? 0n),
            Address: key === id ? null : key
        };
    }
}

//# sourceMappingURL=network.js.map
