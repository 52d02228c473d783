import { NodejsProvider } from '@filecoin-shipyard/lotus-client-provider-nodejs';
import { LotusRPC } from '@filecoin-shipyard/lotus-client-rpc';
import { mainnet } from '@filecoin-shipyard/lotus-client-schema';

type Call = (...params: unknown[]) => Promise<unknown>;
type Subscribe = (listener: (value: never) => void, ...params: unknown[]) => [() => Promise<void>, Promise<void>];

/** The Lotus API by its names without `Filecoin.`. */
export interface LotusCalls {
  /** The result as the client gives it. @throws what the client throws for an error of the node */
  call<T = string>(method: string, ...params: unknown[]): Promise<T>;
  /** Resolves once the subscription stands, with what ends it. */
  subscribe(method: string, listener: (value: never) => void): Promise<() => Promise<void>>;
  /** Ends the connection, subscriptions with it. */
  close(): Promise<void>;
}

/** The schema package is from the time of Lotus 1.15. */
const youngerThanTheSchema = { StateGetAllocations: {}, StateGetClaims: {}, StateGetNetworkParams: {} };

/** The client that the platform uses, as it comes, for tests of the other side of the wire. */
export function lotusOver(url: string, token?: string): LotusCalls {
  const provider = new NodejsProvider(url, token ? { token } : {});
  const client = new LotusRPC(provider, {
    schema: { methods: { ...mainnet.fullNode.methods, ...youngerThanTheSchema } },
  }) as unknown as Record<string, unknown>;
  return {
    call: async <T>(method: string, ...params: unknown[]) => (await (client[method] as Call)(...params)) as T,
    subscribe: async (method, listener) => {
      const [cancel, open] = (client[method] as Subscribe)(listener);
      await open;
      return cancel;
    },
    close: () => provider.destroy(),
  };
}
