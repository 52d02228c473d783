/**
 * Who works on which pin. A claim is a lease in the pin's own row, so that a crash always gives it back; the lease's
 * number fences: with an older one, or once the pin is removed, nothing can be written. Each change of status announces
 * `pin.changed`.
 */ export class PinLeases {
}

//# sourceMappingURL=pin-leases.port.js.map
