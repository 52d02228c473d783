/**
 * Whole CARs on this node, for rooms that hash them, hand them to miners, or bring them back. Where their bytes lie is
 * this room's affair.
 */ export class CarFiles {
}

//# sourceMappingURL=car-files.port.js.map
