import { z } from 'zod';
import type { LotusClient } from '../lotus-client.js';
import { wireBigInt } from './wire-shapes.js';

export async function walletDefaultAddress(client: LotusClient, signal?: AbortSignal): Promise<string> {
  return client.call('WalletDefaultAddress', [], z.string().min(1), { signal, idempotent: true });
}

export async function walletBalance(client: LotusClient, address: string, signal?: AbortSignal): Promise<bigint> {
  return client.call('WalletBalance', [address], wireBigInt, { signal, idempotent: true });
}
