/** Asks miners for their prices. Throws a retryable named failure when a miner does not answer. */ export class AskSource {
}

//# sourceMappingURL=ask-source.port.js.map
