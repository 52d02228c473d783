/** Of an account for which nothing was ever set. */ export const NO_LIMITS = {
    pinWeight: 1,
    bytesQuota: null,
    pinsQuota: null,
    replicationCap: null,
    durationCap: null,
    priceCap: null,
    verifiedPriceCap: null,
    dataCapPerDay: null,
    spendPerDay: null
};
export const DEFAULT_PIN_WEIGHT = 1;
export const MAX_PIN_WEIGHT = 100;
/** The column is a 32-bit integer. */ export const MAX_PINS_QUOTA = 2_147_483_647;
/** Of deals per piece, for everybody (the market knows no limit). */ export const MAX_REPLICATION = 50;
/** Epochs: the longest deal that the storage market takes (builtin-actors, `DealDurationBounds`). */ export const MAX_DEAL_DURATION = 3_680_640;
/** attoFIL: the columns hold 38 digits. */ export const MAX_ATTO = 10n ** 30n;

//# sourceMappingURL=limits.js.map
