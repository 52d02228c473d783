import { formatFil, type AttoFil } from '../../shared/index.js';
import type { Aged } from '../domain/cached-fact.js';
import type { ChainHead, WalletFacts } from '../ports/chain-source.port.js';
import type { FilPrice } from '../verbs/chain-facts.js';

const TOY = /devnet|simulat|localnet|2k/i;

/** Estuary's `GET /public/info`, and what is ours. */
export interface PublicInfo {
  network: string | null;
  primaryAddress: string | null;
  head: { height: number; at: string; ageSeconds: number } | null;
  versions: { filecoinNode: string | null; runtime: string };
  filPrice: { usd: string; source: string; ageSeconds: number } | null;
  /** Said whenever the network by its own name is not the real one. */
  notice?: string;
  /** Why something above is null. */
  unavailable?: string;
}

interface PublicFacts {
  head: Aged<ChainHead> | null;
  address: string | null;
  version: string | null;
  price: FilPrice | null;
  unavailable: string | undefined;
}

/** Says `notice` by the network's own name, not by a setting: nobody can forget it. */
export function publicInfo({ head, address, version, price, unavailable }: PublicFacts): PublicInfo {
  const network = head?.value.network ?? null;
  return {
    network,
    primaryAddress: address,
    head: head && {
      height: head.value.height,
      at: new Date(head.value.timestamp * 1000).toISOString(),
      ageSeconds: seconds(head.ageMs),
    },
    versions: { filecoinNode: version, runtime: `node ${process.version}` },
    filPrice: price && { usd: price.usd, source: price.source, ageSeconds: seconds(price.ageMs) },
    ...(network !== null && TOY.test(network)
      ? {
          notice: `This is ${network}, a devnet: a simulated Filecoin network. Its deals, miners, prices and balances are not real.`,
        }
      : {}),
    ...(unavailable === undefined ? {} : { unavailable }),
  };
}

/** Estuary's fields, attoFIL as decimal text; the same in FIL for people. */
export function balanceView({ value, ageMs }: Aged<WalletFacts>) {
  const amounts = {
    balance: value.balance,
    marketEscrow: value.escrow,
    marketLocked: value.locked,
    marketAvailable: value.escrow - value.locked,
  };
  const each = (write: (amount: AttoFil) => string) =>
    Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, write(amount)]));
  return {
    account: value.address,
    ...each(String),
    verifiedClientBalance: value.dataCap === null ? null : String(value.dataCap),
    fil: each(formatFil),
    ageSeconds: seconds(ageMs),
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
