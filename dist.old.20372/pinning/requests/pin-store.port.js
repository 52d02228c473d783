/** The pins that accounts asked for. Another account's pin does not exist for any of these. */ export class PinStore {
}
/** The numbers of pins, known without counting. The database keeps them with every change, whoever makes it. */ export class PinCounts {
}

//# sourceMappingURL=pin-store.port.js.map
