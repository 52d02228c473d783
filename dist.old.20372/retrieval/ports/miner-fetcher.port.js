/** When to give up. */ /**
 * Bytes from a miner's HTTP endpoint, unverified. The stream ends when the miner is done, and stops asking when its
 * reader returns early. Every failure, before the first byte or in the middle, is a FetchFailed with its reason; only
 * the caller's own abort surfaces as the signal's reason.
 */ export class MinerFetcher {
}

//# sourceMappingURL=miner-fetcher.port.js.map
