/** The package ships no types. A schema names the methods that the client offers; an entry may be empty. */
declare module '@filecoin-shipyard/lotus-client-schema' {
  export interface MethodSchema {
    subscription?: boolean;
    namespace?: string;
  }
  export interface LotusSchema {
    methods: Record<string, MethodSchema>;
  }
  export const mainnet: { fullNode: LotusSchema };
}
