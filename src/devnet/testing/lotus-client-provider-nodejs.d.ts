/** The package ships no types. */
declare module '@filecoin-shipyard/lotus-client-provider-nodejs' {
  export class NodejsProvider {
    constructor(url: string, options?: { token?: string; sendHttpContentType?: string });
    destroy(code?: number): Promise<void>;
  }
}
