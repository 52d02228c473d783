/**
 * Retrieves a DAG through our Filecoin node. Free offers only: whoever asks money is refused by 'sealed-only' or
 * 'payment-asked'. Failures are FetchFailed; a node that has no retrieval methods (Lotus since v1.27.1) is
 * 'unsupported'.
 */ export class NodeRetriever {
}

//# sourceMappingURL=node-retriever.port.js.map
