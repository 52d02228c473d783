import { z } from 'zod';
import type { LotusClient } from '../lotus-client.js';
import { wireBigInt } from './wire-shapes.js';

const tipSet = z.object({ Height: z.number().int(), Blocks: z.array(z.object({ Timestamp: z.number() })).nullable() });
const version = z.object({ Version: z.string(), BlockDelay: z.number().optional() });
const networkParams = z.object({ BlockDelaySecs: z.number() });

/** What is used of Lotus' TipSet. */
export interface TipSet {
  height: number;
  /** Seconds since 1970. */
  timestamp: number;
}

function read({ Height, Blocks }: z.output<typeof tipSet>): TipSet {
  return { height: Height, timestamp: Blocks?.[0]?.Timestamp ?? 0 };
}

/** The newest tip set that the node has. */
export async function chainHead(client: LotusClient, signal?: AbortSignal): Promise<TipSet> {
  return read(await client.call('ChainHead', [], tipSet, { signal, idempotent: true }));
}

/** The first tip set: its timestamp is when the network began. */
export async function genesis(client: LotusClient, signal?: AbortSignal): Promise<TipSet> {
  return read(await client.call('ChainGetGenesis', [], tipSet, { signal, idempotent: true }));
}

/** `mainnet`, `calibrationnet`, or what a private network calls itself. */
export async function networkName(client: LotusClient, signal?: AbortSignal): Promise<string> {
  return client.call('StateNetworkName', [], z.string(), { signal, idempotent: true });
}

/** Of the node's software; the seconds between blocks where this version tells them. */
export async function nodeVersion(
  client: LotusClient,
  signal?: AbortSignal,
): Promise<{ version: string; blockDelaySeconds: number | null }> {
  const answer = await client.call('Version', [], version, { signal, idempotent: true });
  return { version: answer.Version, blockDelaySeconds: answer.BlockDelay || null };
}

/** Newer nodes leave the block delay out of Version. */
export async function blockDelaySeconds(client: LotusClient, signal?: AbortSignal): Promise<number> {
  return (await client.call('StateGetNetworkParams', [], networkParams, { signal, idempotent: true })).BlockDelaySecs;
}

/** The wallet that pays. @throws ChainCallFailed when the node has none */
export async function walletDefaultAddress(client: LotusClient, signal?: AbortSignal): Promise<string> {
  return client.call('WalletDefaultAddress', [], z.string().min(1), { signal, idempotent: true });
}

/** attoFIL outside the market. */
export async function walletBalance(client: LotusClient, address: string, signal?: AbortSignal): Promise<bigint> {
  return client.call('WalletBalance', [address], wireBigInt, { signal, idempotent: true });
}
