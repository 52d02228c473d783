/** attoFIL over the whole duration. */ export function totalPrice(deal) {
    return deal.pricePerEpoch * BigInt(deal.endEpoch - deal.startEpoch);
}
/** What the client has to have in the market for this deal. */ export function clientFunds(deal) {
    return totalPrice(deal) + deal.clientCollateral;
}

//# sourceMappingURL=deal.js.map
