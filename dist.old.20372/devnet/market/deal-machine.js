import { MARKET_ACTOR, PUBLISH_STORAGE_DEALS } from '../chain/messages.js';
import { dealTransitions, isOver, State, stateDescriptions, stateName } from './deal-states.js';
import { reasonToReject } from './validation.js';
/** Epochs after activation, for miners that lose the data. */ const SOONEST_SLASH = 90;
const LATEST_SLASH = 240;
/**
 * Moves deals through their states, epoch by epoch. Each step runs inside the epoch's transaction, so after a crash a
 * deal is where its last epoch left it. What goes wrong follows the miner's character and nothing else: the same seed
 * gives the same outcome.
 */ export class DealMachine {
    constructor(parts, startTransfer){
        this.parts = parts;
        this.startTransfer = startTransfer;
    }
    /** One step of every deal that is due; those that wait for bytes are not. */ onEpoch(height) {
        for (const deal of this.parts.deals.due(height)){
            deal.wake = null;
            try {
                this.step(deal, height);
            } catch (error) {
                // One deal's trouble must not stop the chain.
                deal.message = `devnet: ${error instanceof Error ? error.message : String(error)}`;
            }
            this.parts.deals.save(deal);
        }
    }
    /**
   * The miner has all bytes; it goes on to verify them. Without effect when the deal is not transferring any more.
   * `sha` is SHA-256 in hex.
   */ received(n, sha, bytes) {
        this.change(n, State.Transferring, (deal)=>{
            deal.sha = sha;
            deal.transferred = bytes;
            this.transition(deal, State.CheckForAcceptance, `data transfer complete, ${bytes} bytes`);
            this.providerSays(deal, 'StorageDealVerifyData');
        });
    }
    /** commP matched; the deal is published with the next epochs. */ verified(n, carId) {
        this.change(n, State.CheckForAcceptance, (deal)=>{
            this.parts.carStore.addReference(deal.n, deal.provider, carId, deal.pieceCid);
            this.providerSays(deal, 'StorageDealPublish');
            deal.wake = this.parts.clock.height + 1;
        });
    }
    /** The deal ends as failed; one that is over stays as it is. */ failed(n, message) {
        this.change(n, undefined, (deal)=>{
            if (!isOver(deal.state)) this.fail(deal, message);
        });
    }
    /** The miner lost the data: at once, whatever its character. */ slash(deal) {
        this.slashed(deal, this.parts.clock.height);
        this.parts.deals.save(deal);
    }
    /** Without effect when there is no such deal, or it is not in the state `from`. */ change(n, from, work) {
        const deal = this.parts.deals.get(n);
        if (!deal || from !== undefined && deal.state !== from) return;
        work(deal);
        this.parts.deals.save(deal);
    }
    /** What happens by itself in this state. */ step(deal, height) {
        switch(deal.state){
            case State.ReserveClientFunds:
                return this.propose(deal, height);
            case State.CheckForAcceptance:
                return this.publish(deal, height);
            case State.AwaitingPreCommit:
                return this.preCommit(deal, height);
            case State.Sealing:
                return this.activate(deal, height);
            case State.Active:
                return this.checkActive(deal, height);
            default:
                return;
        }
    }
    /** Funds, the miner's answer, and the start of the transfer: all in the epoch after the client's call. */ propose(deal, height) {
        const { roster, ledger, accounts, sealEpochs } = this.parts;
        const miner = roster.find(deal.provider);
        if (!miner) return this.fail(deal, `sending proposal to storage provider failed: miner ${deal.provider} not found`);
        const poor = ledger.fund(deal);
        if (poor) return this.fail(deal, poor);
        this.transition(deal, State.FundsReserved, 'funds reserved');
        const character = roster.character(miner);
        if (character === 'down') {
            return this.transition(deal, State.Error, `sending proposal to storage provider failed: failed to dial ${miner.peerId}: all dials failed`, true);
        }
        const reason = character === 'refuse' ? 'miner is not considering online storage deals' : reasonToReject(deal, {
            height,
            ask: miner.ask,
            client: accounts.find(deal.wallet),
            sealEpochs
        });
        if (reason) {
            return this.fail(deal, `unexpected deal status while waiting for data request: 11 (StorageDealFailing). Provider message: deal rejected: ${reason}`);
        }
        ledger.lock(deal);
        this.transition(deal, State.StartDataTransfer, 'opening data transfer to storage provider');
        this.transition(deal, State.Transferring, 'data transfer initiated');
        this.startTransfer(deal);
    }
    /**
   * Sends PublishStorageDeals and waits for it to land; a miner that never publishes waits for the start epoch, at
   * which the deal fails.
   */ publish(deal, height) {
        if (deal.providerState === 'StorageDealPublishing') return this.publishLanded(deal, height);
        if (height >= deal.startEpoch) {
            return this.fail(deal, `deal failed: (State=26) deal was not published before its start epoch ${deal.startEpoch}`);
        }
        if (this.character(deal) === 'never-publish') {
            deal.wake = deal.startEpoch;
            return;
        }
        const worker = this.parts.roster.find(deal.provider)?.owner ?? deal.provider;
        deal.publishCid = this.parts.messages.send(worker, MARKET_ACTOR, PUBLISH_STORAGE_DEALS, 0n, [
            deal.proposalCid
        ]);
        this.providerSays(deal, 'StorageDealPublishing');
        deal.wake = height + 1;
    }
    /** The publish message landed: the deal has its number on chain, and DataCap is spent. */ publishLanded(deal, height) {
        const dealId = this.parts.deals.nextDealId();
        deal.dealId = dealId;
        deal.updatedEpoch = height;
        if (deal.publishCid) this.parts.messages.published(deal.publishCid, dealId, height);
        this.parts.ledger.spendDataCap(deal);
        deal.message = '';
        this.transition(deal, State.ProposalAccepted, `deal has been accepted by storage provider, publish message cid: <${deal.publishCid}>`);
        this.transition(deal, State.AwaitingPreCommit, `deal published with deal id <${dealId}>`);
        deal.wake = height + 1;
    }
    /** Sealing begins; how long it takes follows from the miner and the number of its deals. */ preCommit(deal, height) {
        const { chance, sealEpochs } = this.parts;
        const factor = this.character(deal) === 'slow' ? 3 : 1;
        this.transition(deal, State.Sealing, 'deal pre-commit message has landed on chain');
        deal.wake = height + sealEpochs * factor + chance.between(0, 2, 'seal', deal.provider, deal.nth);
    }
    /** The sector is proven; too late, after the start epoch, the deal fails. */ activate(deal, height) {
        if (height > deal.startEpoch) {
            return this.fail(deal, `error in deal activation: the sector was not proven before the deal's start epoch ${deal.startEpoch}`);
        }
        const { chance } = this.parts;
        this.transition(deal, State.Active, 'deal activated');
        deal.sectorStart = height;
        deal.updatedEpoch = height;
        if (this.character(deal) === 'slash') deal.slashAt = height + chance.between(SOONEST_SLASH, LATEST_SLASH, 'slash', deal.provider, deal.nth);
        deal.wake = Math.min(deal.endEpoch, deal.slashAt ?? deal.endEpoch);
    }
    /** Active until its end epoch or until the miner loses the data. */ checkActive(deal, height) {
        if (deal.slashAt !== undefined && height >= deal.slashAt && height < deal.endEpoch) return this.slashed(deal, height);
        if (height < deal.endEpoch) {
            deal.wake = Math.min(deal.endEpoch, deal.slashAt ?? deal.endEpoch);
            return;
        }
        this.transition(deal, State.Expired, 'deal expired');
        this.parts.ledger.settle(deal, height);
        this.parts.carStore.removeReference(deal.n);
    }
    /** The miner's bytes are gone, and the client is paid back what was not served. */ slashed(deal, height) {
        this.transition(deal, State.Slashed, `deal slashed at epoch <${height}>`);
        deal.slashEpoch = height;
        deal.updatedEpoch = height;
        deal.wake = null;
        this.parts.ledger.settle(deal, height);
        this.parts.carStore.removeReference(deal.n);
    }
    /** Ends in StorageDealError with `message`, which clients read; locked funds are free again. */ fail(deal, message) {
        const reserved = ![
            State.ReserveClientFunds,
            State.FundsReserved
        ].some((early)=>early === deal.state);
        if (dealTransitions[deal.state].includes(State.Failing)) this.transition(deal, State.Failing, message, true);
        this.transition(deal, State.Error, message, true);
        deal.wake = null;
        if (reserved) this.parts.ledger.unlock(deal);
        this.parts.carStore.removeReference(deal.n);
    }
    character(deal) {
        const miner = this.parts.roster.find(deal.provider);
        return miner ? this.parts.roster.character(miner) : 'down';
    }
    /** As Lotus shows the provider's state to a client that waits for acceptance: in the deal's message. */ providerSays(deal, state) {
        deal.providerState = state;
        deal.message = `Provider state: ${state}`;
        log(deal, deal.message);
    }
    /** @throws Error for a transition that go-fil-markets does not have. */ transition(deal, to, text, isMessage = false) {
        if (!dealTransitions[deal.state].includes(to)) throw new Error(`devnet: no transition from ${stateName(deal.state)} to ${stateName(to)}`);
        deal.state = to;
        if (isMessage) deal.message = text;
        enterStage(deal);
        log(deal, text);
    }
}
/** Opens the stage of the deal's state in its history. */ export function enterStage(deal) {
    const now = new Date().toISOString();
    deal.stages.push({
        Name: stateName(deal.state),
        Description: stateDescriptions[deal.state],
        ExpectedDuration: '',
        CreatedTime: now,
        UpdatedTime: now,
        Logs: []
    });
}
/** Adds a line to the stage that is open. */ function log(deal, text) {
    const stage = deal.stages.at(-1);
    if (!stage) return;
    stage.UpdatedTime = new Date().toISOString();
    stage.Logs.push({
        Log: text,
        UpdatedTime: stage.UpdatedTime
    });
}

//# sourceMappingURL=deal-machine.js.map
