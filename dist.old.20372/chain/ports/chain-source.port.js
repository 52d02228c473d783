/** Facts from a Filecoin node. Every method throws ChainUnavailable (retryable) when the node cannot be asked. */ export class ChainSource {
}

//# sourceMappingURL=chain-source.port.js.map
