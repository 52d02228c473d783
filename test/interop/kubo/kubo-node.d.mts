export interface KuboStart {
  port?: number;
  settings?: Record<string, unknown>;
}

export class KuboNode {
  static start(binary: string, options?: KuboStart): Promise<KuboNode>;
  readonly repo: string;
  rpcUrl(): Promise<string>;
  addresses(): Promise<string[]>;
  ipfs(...args: string[]): Promise<string>;
  up(): Promise<void>;
  down(signal?: NodeJS.Signals): Promise<void>;
  destroy(): Promise<void>;
}
