/** What accounts store, for quotas (one account, exact) and for pages (many accounts). */ export class AccountUsage {
}

//# sourceMappingURL=account-usage.port.js.map
