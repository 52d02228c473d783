import { idAddress, loopbackHttpMultiaddr, peerId, sameNetwork, type Address } from '../chain/addresses.js';
import type { Chance } from '../chain/chance.js';
import type { EpochClock } from '../chain/epoch-clock.js';
import type { Database } from '../storage/database.js';
import { charactersOf, characters, type Character } from './characters.js';

/** attoFIL per GiB and epoch; piece sizes in padded bytes. */
export interface Ask {
  price: bigint;
  verifiedPrice: bigint;
  minPieceSize: number;
  maxPieceSize: number;
}

/** What never changes of a miner. */
export interface Miner {
  address: Address;
  owner: Address;
  peerId: string;
  nature: Character;
  ask: Ask;
  /** Bytes per second, both ways. */
  linkSpeed: number;
  latencyMs: number;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const FIRST_MINER_ID = 1000;
const FIRST_OWNER_ID = 2000;
/** Bytes per second. */
export const SLOW_SPEED = 6 * MIB;

/** The miners of this network: who they are follows from the seed, how they behave also from injected faults. */
export class Roster {
  readonly miners: Miner[];
  private readonly byAddress: Map<Address, Miner>;

  constructor(
    private readonly db: Database,
    chance: Chance,
    private readonly clock: EpochClock,
    count: number,
  ) {
    this.miners = chance
      .shuffled(charactersOf(count), 'characters')
      .map((nature, index) => makeMiner(chance, nature, index));
    this.byAddress = new Map(this.miners.map((miner) => [miner.address, miner]));
  }

  /** In either network's spelling of the address. */
  find(address: string): Miner | undefined {
    return this.byAddress.get(sameNetwork(address));
  }

  /** How the miner behaves now. */
  character(miner: Miner): Character {
    return this.fault(miner.address) ?? miner.nature;
  }

  /** Undefined when none was injected, or its last epoch has passed. */
  fault(address: Address): Character | undefined {
    const row = this.db.one<{ fault: Character; until_epoch: number | null }>(
      'select fault, until_epoch from faults where miner = ?',
      address,
    );
    return row && (row.until_epoch === null || row.until_epoch > this.clock.height) ? row.fault : undefined;
  }

  /** Replaces an earlier fault; without `untilEpoch` it stays until it is cleared. */
  setFault(address: Address, fault: Character, untilEpoch: number | undefined): void {
    this.db.run(
      `insert into faults(miner, fault, until_epoch) values (?, ?, ?)
       on conflict(miner) do update set fault = excluded.fault, until_epoch = excluded.until_epoch`,
      address,
      fault,
      untilEpoch ?? null,
    );
  }

  /** Without effect when there is none. What the miner did meanwhile stays done. */
  clearFault(address: Address): void {
    this.db.run('delete from faults where miner = ?', address);
  }

  /** Every miner behaves by its nature again. */
  clearFaults(): void {
    this.db.run('delete from faults');
  }

  /** Bytes per second now. */
  speed(miner: Miner): number {
    return this.character(miner) === 'slow' ? Math.min(SLOW_SPEED, miner.linkSpeed) : miner.linkSpeed;
  }

  /** 0 until its HTTP endpoint has listened for the first time. */
  port(address: Address): number {
    return this.db.one<{ port: number }>('select port from miners where address = ?', address)?.port ?? 0;
  }

  /** Kept over restarts, so that the miner's address on chain stays true. */
  setPort(address: Address, port: number): void {
    this.db.run(
      'insert into miners(address, port) values (?, ?) on conflict(address) do update set port = excluded.port',
      address,
      port,
    );
  }

  /** As the chain has it (Lotus `StateMinerInfo.Multiaddrs`): loopback, HTTP, in bytes. */
  multiaddr(address: Address): Uint8Array {
    return loopbackHttpMultiaddr(this.port(address));
  }
}

/** For names that came from outside. */
export function isCharacter(text: unknown): text is Character {
  return characters.some((known) => known === text);
}

/** Prices, speeds and latencies are drawn from the seed. */
function makeMiner(chance: Chance, nature: Character, index: number): Miner {
  const address = idAddress(FIRST_MINER_ID + index);
  const price = BigInt(chance.between(2, 50, address, 'price')) * 10_000_000n;
  return {
    address,
    owner: idAddress(FIRST_OWNER_ID + index),
    peerId: peerId(chance.seed, address),
    nature,
    ask: {
      price,
      // Miners earn ten times the power with verified deals and mostly take them for nothing.
      verifiedPrice: nature === 'refuse' ? price : 0n,
      minPieceSize: 256,
      maxPieceSize: index % 5 === 4 ? 32 * GIB : 64 * GIB,
    },
    linkSpeed: nature === 'slow' ? SLOW_SPEED : chance.between(50, 160, address, 'speed') * MIB,
    latencyMs: chance.between(20, nature === 'slow' ? 900 : 180, address, 'latency'),
  };
}
