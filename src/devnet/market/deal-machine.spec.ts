import { beforeEach, describe, expect, it } from '@jest/globals';
import { Accounts } from '../chain/accounts.js';
import { Chance } from '../chain/chance.js';
import { EpochClock } from '../chain/epoch-clock.js';
import { Messages } from '../chain/messages.js';
import type { Character } from '../miners/characters.js';
import { Roster, type Miner } from '../miners/roster.js';
import type { CarStore } from '../storage/car-store.js';
import { Database } from '../storage/database.js';
import type { Deal } from './deal.js';
import { DealMachine } from './deal-machine.js';
import { dealTransitions, State, stateName, type DealState } from './deal-states.js';
import { DealStore } from './deal-store.js';
import { isOnChain } from './deal-view.js';
import { Ledger } from './ledger.js';
import { MIN_DURATION } from './validation.js';

const GIB = 2 ** 30;

describe('A deal', () => {
  let clock: EpochClock;
  let roster: Roster;
  let deals: DealStore;
  let accounts: Accounts;
  let messages: Messages;
  let machine: DealMachine;
  let referenced: Set<number>;
  let transfers: number[];
  let states: Map<number, DealState[]>;

  beforeEach(() => {
    const db = new Database(':memory:');
    const chance = new Chance('seed');
    clock = new EpochClock(db, 1000, () => 0);
    roster = new Roster(db, chance, clock, 12);
    deals = new DealStore(db);
    accounts = new Accounts(db, 'seed');
    messages = new Messages(db, clock, accounts);
    referenced = new Set();
    transfers = [];
    const carStore = {
      addReference: (n: number) => referenced.add(n),
      removeReference: (n: number) => referenced.delete(n),
    } as unknown as CarStore;
    machine = new DealMachine(
      { deals, roster, accounts, ledger: new Ledger(accounts), messages, carStore, clock, chance, sealEpochs: 3 },
      (deal) => transfers.push(deal.n),
    );
    clock.onEpoch = (height) => machine.onEpoch(height);
    states = new Map();
    deals.watch((deal) => states.set(deal.n, [...(states.get(deal.n) ?? []), deal.state]));
  });

  const minerLike = (nature: Character): Miner => roster.miners.find((miner) => miner.nature === nature)!;
  const pass = (epochs: number) => {
    for (let i = 0; i < epochs; i++) clock.advance(1, () => undefined);
  };
  const propose = (miner: Miner, change: Partial<Deal> = {}): number =>
    deals.add({
      pieceCid: 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy',
      pieceSize: GIB,
      verified: false,
      client: accounts.defaultAddress,
      provider: miner.address,
      label: 'root',
      startEpoch: 200,
      endEpoch: 200 + MIN_DURATION,
      pricePerEpoch: miner.ask.price,
      providerCollateral: BigInt(GIB),
      clientCollateral: 0n,
      nth: 0,
      proposalCid: `proposal-${miner.address}-${clock.height}`,
      wallet: accounts.defaultAddress,
      state: State.ReserveClientFunds,
      message: '',
      stages: [],
      transferType: 'graphsync',
      root: 'root',
      path: '/a.car',
      carSize: 1,
      fastRetrieval: true,
      createdAt: '',
      providerState: '',
      transferred: 0,
      sectorStart: -1,
      updatedEpoch: -1,
      slashEpoch: -1,
      wake: 0,
      ...change,
    }).n;
  const deliver = (n: number) => {
    machine.received(n, 'sha', 1);
    machine.verified(n, 1);
  };
  const get = (n: number) => deals.get(n)!;

  it('with a good miner goes through the states of Lotus to active', () => {
    const n = propose(minerLike('good'));
    pass(1);
    expect([get(n).state, transfers]).toEqual([State.Transferring, [n]]);
    deliver(n);
    expect(get(n)).toMatchObject({ state: State.CheckForAcceptance, message: 'Provider state: StorageDealPublish' });
    pass(2);
    expect(get(n)).toMatchObject({ state: State.AwaitingPreCommit, dealId: 1, message: '' });
    expect(messages.landed(get(n).publishCid!)).toMatchObject({
      message: { To: 't05', Method: 4 },
      returned: expect.any(String),
    });
    pass(7);
    expect(get(n)).toMatchObject({ state: State.Active, slashEpoch: -1 });
    expect(get(n).sectorStart).toBeGreaterThan(0);
    expect(get(n).stages.map((stage) => stage.Name)).toEqual([
      'StorageDealFundsReserved',
      'StorageDealStartDataTransfer',
      'StorageDealTransferring',
      'StorageDealCheckForAcceptance',
      'StorageDealProposalAccepted',
      'StorageDealAwaitingPreCommit',
      'StorageDealSealing',
      'StorageDealActive',
    ]);
  });

  it('ends as agreed, leaves the chain, and the client pays what it promised', () => {
    const n = propose(minerLike('good'));
    const before = accounts.find(accounts.defaultAddress)!;
    pass(1);
    deliver(n);
    pass(10);
    clock.advance(MIN_DURATION + 400, () => deals.nextWake());
    expect(get(n).state).toBe(State.Expired);
    expect(isOnChain(get(n))).toBe(false);
    expect(referenced.size).toBe(0);
    const after = accounts.find(accounts.defaultAddress)!;
    expect(after.locked).toBe(0n);
    expect(before.balance - after.balance - after.escrow).toBe(minerLike('good').ask.price * BigInt(MIN_DURATION));
  });

  it("with a refusing miner fails with the miner's words and locks no money", () => {
    const n = propose(minerLike('refuse'));
    pass(1);
    expect(get(n).state).toBe(State.Error);
    expect(get(n).message).toBe(
      'unexpected deal status while waiting for data request: 11 (StorageDealFailing). ' +
        'Provider message: deal rejected: miner is not considering online storage deals',
    );
    expect(accounts.find(accounts.defaultAddress)!.locked).toBe(0n);
    expect(transfers).toEqual([]);
  });

  it('with a miner that cannot be reached fails at the proposal', () => {
    roster.setFault(minerLike('good').address, 'down', undefined);
    const n = propose(minerLike('good'));
    pass(1);
    expect(get(n)).toMatchObject({ state: State.Error, message: expect.stringContaining('failed to dial') });
  });

  it('that is never published waits until its start epoch and fails then', () => {
    const n = propose(minerLike('never-publish'));
    pass(1);
    deliver(n);
    pass(100);
    expect(get(n)).toMatchObject({ state: State.CheckForAcceptance, message: 'Provider state: StorageDealPublish' });
    pass(100);
    expect(get(n)).toMatchObject({
      state: State.Error,
      message: expect.stringContaining('not published before its start epoch 200'),
    });
    expect([referenced.size, accounts.find(accounts.defaultAddress)!.locked]).toEqual([0, 0n]);
  });

  it('of a careless miner is slashed some time after it became active', () => {
    const n = propose(minerLike('slash'));
    pass(1);
    deliver(n);
    pass(10);
    expect(get(n).state).toBe(State.Active);
    clock.advance(300, () => deals.nextWake());
    expect(get(n).state).toBe(State.Slashed);
    expect(get(n).slashEpoch).toBeGreaterThan(get(n).sectorStart);
    expect([isOnChain(get(n)), referenced.size]).toEqual([true, 0]);
  });

  it('whose transfer breaks off fails with its reason, whatever comes later', () => {
    const n = propose(minerLike('vanish'));
    pass(1);
    machine.failed(n, 'could not complete data transfer, could not connect to provider');
    machine.received(n, 'sha', 1);
    machine.verified(n, 1);
    expect(get(n)).toMatchObject({
      state: State.Error,
      message: 'could not complete data transfer, could not connect to provider',
    });
    expect(accounts.find(accounts.defaultAddress)!.locked).toBe(0n);
  });

  it('without money fails before it is proposed', () => {
    const n = propose(minerLike('good'), { pricePerEpoch: 10n ** 24n });
    pass(1);
    expect(get(n)).toMatchObject({
      state: State.Error,
      message: expect.stringContaining('adding market funds failed: not enough funds'),
    });
  });

  it('that is verified uses up DataCap when it is published', () => {
    const n = propose(minerLike('good'), { verified: true });
    const before = accounts.find(accounts.defaultAddress)!.datacap;
    pass(1);
    deliver(n);
    pass(2);
    expect(before - accounts.find(accounts.defaultAddress)!.datacap).toBe(BigInt(GIB));
  });
});

describe('The table of transitions', () => {
  it('names every state as Lotus does', () => {
    expect(stateName(State.Active)).toBe('StorageDealActive');
    expect(stateName(State.Error)).toBe('StorageDealError');
    expect(stateName(State.AwaitingPreCommit)).toBe('StorageDealAwaitingPreCommit');
    expect(stateName(State.StartDataTransfer)).toBe('StorageDealStartDataTransfer');
    expect(stateName(State.ReserveClientFunds)).toBe('StorageDealReserveClientFunds');
  });

  it('leads from every state to an end', () => {
    for (const state of Object.keys(dealTransitions).map(Number) as DealState[]) {
      const reached = new Set<DealState>([state]);
      for (const at of reached) for (const next of dealTransitions[at]) reached.add(next);
      expect([...reached].some((at) => dealTransitions[at].length === 0)).toBe(true);
    }
  });
});
