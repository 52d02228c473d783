/** Users and their keys. */ export class AccountStore {
}

//# sourceMappingURL=account-store.port.js.map
