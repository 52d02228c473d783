import type { Deal } from '../market/deal.js';
import { isOver, State, stateName } from '../market/deal-states.js';
import { describeCharacter } from '../miners/characters.js';
import { isCharacter, type Miner } from '../miners/roster.js';
import type { Network } from '../network.js';
import { isScriptedFault, type ScriptedFaults, scriptedFaults } from '../rpc/scripted-faults.js';

/** A question that the admin endpoint cannot make sense of; answered with 400 and its message. */
export class AdminError extends Error {}

/** Some ten years of mainnet: more than any deal lives. */
const MOST_EPOCHS = 10_000_000;

/**
 * The admin endpoint of the simulation, which no real Filecoin node has: looks behind the scenes and makes trouble on
 * purpose.
 */
export class Admin {
  constructor(
    private readonly net: Network,
    private readonly notice: string,
    private readonly methods: string[],
    private readonly nodeFaults: ScriptedFaults,
  ) {}

  /**
   * `GET /admin/state`, and POST of a JSON object to `faults`, `node-faults`, `reset-faults`, `slash`, `wallet`,
   * `advance`.
   * Returns the JSON answer. @throws AdminError
   */
  async call(method: string, what: string, text: string): Promise<object> {
    if (method === 'GET' && what === 'state') return this.state();
    if (method !== 'POST') throw new AdminError(`no admin endpoint ${method} /admin/${what}`);
    const input = parse(text);
    switch (what) {
      case 'faults':
        return this.fault(input);
      case 'node-faults':
        return this.nodeFault(input);
      case 'reset-faults':
        return this.resetFaults();
      case 'slash':
        return this.slash(input);
      case 'wallet':
        return this.wallet(input);
      case 'advance':
        return this.advance(input);
      default:
        throw new AdminError(`no admin endpoint POST /admin/${what}`);
    }
  }

  /**
   * The whole network at this moment: head, wallet, miners with their faults, all deals. Amounts are attoFIL as text.
   */
  state(): object {
    const { clock, roster, deals, accounts } = this.net;
    const wallet = accounts.find(accounts.defaultAddress);
    return {
      notice: this.notice,
      network: this.net.name,
      height: clock.height,
      epochMs: clock.epochMs,
      wallet: wallet && {
        address: wallet.address,
        balance: String(wallet.balance),
        escrow: String(wallet.escrow),
        locked: String(wallet.locked),
        datacap: String(wallet.datacap),
      },
      miners: roster.miners.map((miner) => this.minerView(miner)),
      deals: deals.all().map(dealView),
      methods: this.methods,
      nodeFaults: this.nodeFaults.list(),
    };
  }

  private minerView(miner: Miner): object {
    const { roster } = this.net;
    const character = roster.character(miner);
    return {
      miner: miner.address,
      nature: miner.nature,
      fault: roster.fault(miner.address) ?? null,
      character,
      behaviour: describeCharacter[character],
      peerId: miner.peerId,
      http: `http://127.0.0.1:${roster.port(miner.address)}`,
      pricePerGiBEpoch: String(miner.ask.price),
      bytesPerSecond: roster.speed(miner),
    };
  }

  /**
   * `{miner, fault, epochs?}`: the miner behaves so for that many epochs, or until it is reset; `none` ends it. The
   * fault `slash` also slashes its active deals at once.
   */
  private fault(input: Record<string, unknown>): object {
    const { roster, clock, deals } = this.net;
    const miner = roster.find(String(input['miner']));
    if (!miner) throw new AdminError(`no miner ${String(input['miner'])}`);
    const fault = input['fault'];
    if (fault === 'none') roster.clearFault(miner.address);
    else if (isCharacter(fault))
      roster.setFault(
        miner.address,
        fault,
        input['epochs'] === undefined ? undefined : clock.height + epochs(input['epochs']),
      );
    else throw new AdminError(`unknown fault '${String(fault)}': ${Object.keys(describeCharacter).join(', ')} or none`);
    if (fault === 'slash') {
      for (const deal of deals.inState(State.Active))
        if (deal.provider === miner.address) this.net.transaction(() => this.net.machine.slash(deal));
    }
    return this.minerView(miner);
  }

  /**
   * `{fault, method?, times?}`: calls of the client's node answer so, for so many times or until it is taken away;
   * `method` narrows it to one (`ClientStartDeal`). `none` ends all of them.
   */
  private nodeFault({ fault, method, times }: Record<string, unknown>): object {
    if (fault === 'none') this.nodeFaults.clear();
    else if (!isScriptedFault(fault))
      throw new AdminError(`unknown fault '${String(fault)}': ${Object.keys(scriptedFaults).join(', ')} or none`);
    else if (method !== undefined && !this.methods.includes(`Filecoin.${String(method)}`))
      throw new AdminError(`no method '${String(method)}'`);
    else this.nodeFaults.set(fault, (method as string | undefined) ?? null, times === undefined ? null : whole(times));
    return { nodeFaults: this.nodeFaults.list(), known: scriptedFaults };
  }

  /** `{balance?, datacap?}` of the node's wallet from now on: attoFIL and bytes as decimal text. */
  private wallet({ balance, datacap }: Record<string, unknown>): object {
    const { accounts } = this.net;
    const account = accounts.find(accounts.defaultAddress);
    if (!account) throw new AdminError('the node has no wallet');
    const changed = {
      ...account,
      balance: balance === undefined ? account.balance : amount(balance),
      datacap: datacap === undefined ? account.datacap : amount(datacap),
    };
    this.net.transaction(() => accounts.save(changed));
    return { address: account.address, balance: String(changed.balance), datacap: String(changed.datacap) };
  }

  private resetFaults(): object {
    this.net.roster.clearFaults();
    this.nodeFaults.clear();
    return { ok: true };
  }

  /** `{dealId}`: slashes one active deal in the epoch that runs. */
  private slash(input: Record<string, unknown>): object {
    const deal = this.net.deals.byDealId(Number(input['dealId']));
    if (!deal) throw new AdminError(`no deal ${String(input['dealId'])} on chain`);
    if (deal.state !== State.Active)
      throw new AdminError(`deal ${deal.dealId} is ${stateName(deal.state)}, only active deals can be slashed`);
    this.net.transaction(() => this.net.machine.slash(deal));
    return dealView(deal);
  }

  /** `{epochs}`: passes epochs at once; everything that is due in them happens. */
  private advance(input: Record<string, unknown>): object {
    this.net.clock.advance(epochs(input['epochs']), () => this.net.deals.nextWake());
    return { height: this.net.clock.height };
  }
}

/** A deal as the admin endpoint shows it: more than Lotus does, for tests. */
function dealView(deal: Deal): object {
  return {
    n: deal.n,
    proposalCid: deal.proposalCid,
    dealId: deal.dealId ?? null,
    publishCid: deal.publishCid ?? null,
    miner: deal.provider,
    state: deal.state,
    stateName: stateName(deal.state),
    over: isOver(deal.state),
    message: deal.message,
    providerState: deal.providerState,
    root: deal.root,
    pieceCid: deal.pieceCid,
    startEpoch: deal.startEpoch,
    endEpoch: deal.endEpoch,
    sectorStart: deal.sectorStart,
    slashEpoch: deal.slashEpoch,
    sha256: deal.sha ?? null,
  };
}

function amount(value: unknown): bigint {
  if (typeof value !== 'string' || !/^\d{1,38}$/.test(value)) throw new AdminError('amounts are decimal text');
  return BigInt(value);
}

function epochs(value: unknown): number {
  return whole(value, 'epochs');
}

function whole(value: unknown, name = 'times'): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MOST_EPOCHS)
    throw new AdminError(`${name} must be a whole number from 1 to ${MOST_EPOCHS}`);
  return value;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = text ? JSON.parse(text) : {};
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // falls through to the named error
  }
  throw new AdminError('the body must be a JSON object');
}
