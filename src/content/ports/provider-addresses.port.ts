/**
 * Where others can get what is stored here: an upload's answer names it. Filled by the room that knows our IPFS node.
 */
export abstract class ProviderAddresses {
  /**
   * Multiaddrs that end in a peer id; empty only while no node has ever been up. Never fails, and is cheap enough for
   * every upload.
   */
  abstract list(): Promise<readonly string[]>;
}
