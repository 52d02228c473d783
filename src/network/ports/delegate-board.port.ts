/** Where the process that runs the IPFS node tells the others how it can be reached. */
export abstract class DelegateBoard {
  abstract publish(addresses: string[]): Promise<void>;
  /** What was published last, by whichever run; empty only when no node has ever run. */
  abstract read(): Promise<string[]>;
}
