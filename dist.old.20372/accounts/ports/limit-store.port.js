/** What operators have set for accounts. Null: nothing, so the platform's default holds. */ export class LimitStore {
}

//# sourceMappingURL=limit-store.port.js.map
