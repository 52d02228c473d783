import { multiaddr } from '@multiformats/multiaddr';

/** Miners write whatever they like on chain: what cannot be read is left out. */
export function readableAddresses(base64: readonly string[]): string[] {
  return base64.flatMap((text) => {
    try {
      return [multiaddr(Uint8Array.from(Buffer.from(text, 'base64'))).toString()];
    } catch {
      return [];
    }
  });
}
