import path from 'node:path';
import type { PrivateAddresses } from '../platform/net/index.js';
import { environmentSchema, type Environment, type RoutingSystem } from './config.schema.js';
import { withRenamedSettings } from './renamed-settings.js';

/** All that is wrong with the settings, by name; never the rejected values, which may be secrets. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** The settings, validated once, as one typed object. Injected; rooms read `config.values.NAME`. */
export class AppConfig {
  constructor(
    readonly values: Readonly<Environment>,
    /** What whoever starts the process should know, a sentence each: settings that go by another name now. */
    readonly warnings: readonly string[] = [],
  ) {}

  /** @throws ConfigError naming every bad setting at once. */
  static parse(given: Record<string, string | undefined>): AppConfig {
    const { env, warnings } = withRenamedSettings(given);
    const known = Object.keys(environmentSchema.shape);
    const set = Object.fromEntries(
      known.filter((key) => env[key] !== undefined && env[key] !== '').map((key) => [key, env[key]]),
    );
    const result = environmentSchema.safeParse(set);
    if (!result.success) {
      throw new ConfigError(
        result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code.replaceAll('_', ' ')}`),
      );
    }
    return new AppConfig(result.data, warnings);
  }

  /** Of the environment as it is now. @throws ConfigError */
  static fromProcess(): AppConfig {
    return AppConfig.parse(process.env);
  }

  /** Absolute. */
  get dataDir(): string {
    return path.resolve(this.values.TIDEWATER_DATA);
  }

  /** A path inside the data folder. */
  inData(...parts: string[]): string {
    return path.join(this.dataDir, ...parts);
  }

  /** PUBLIC_URL as it is set; else localhost and our port. */
  get publicUrl(): string {
    return this.values.PUBLIC_URL ?? `http://localhost:${this.values.PORT}`;
  }

  /** Our own node listens on loopback alone, as by default. */
  get libp2pIsLoopback(): boolean {
    return this.values.LIBP2P_LISTEN.every((address) => /^\/ip4\/127\.|^\/ip6\/::1\//.test(address));
  }

  /**
   * What the IPFS node asks and tells beside the peers it is told of; nothing while it listens on loopback alone,
   * unless set.
   */
  get ipfsRouting(): readonly RoutingSystem[] {
    const { IPFS_ROUTING } = this.values;
    if (IPFS_ROUTING !== 'auto') return IPFS_ROUTING;
    return this.libp2pIsLoopback ? [] : ['dht', 'delegated', 'gateway'];
  }

  /** Which private addresses the IPFS node may dial when strangers name them (SSRF): none, unless opened. */
  get dialPrivate(): PrivateAddresses {
    return this.values.LIBP2P_DIAL_PRIVATE ?? [];
  }

  /** Which private addresses that miners name may be asked: those opened for miners, or else for the IPFS node. */
  get minersDialPrivate(): PrivateAddresses {
    return this.values.MINERS_DIAL_PRIVATE ?? this.dialPrivate;
  }
}
