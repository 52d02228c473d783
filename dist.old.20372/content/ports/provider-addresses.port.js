/**
 * Where others can get what is stored here: an upload's answer names it. Filled by the room that knows our IPFS node.
 */ export class ProviderAddresses {
}

//# sourceMappingURL=provider-addresses.port.js.map
