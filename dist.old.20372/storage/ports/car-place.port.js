/**
 * A place where sealed CARs can lie: the folder of a node now, a bucket later. Knows bytes and names, neither rows nor
 * what is in a CAR. `testing/car-place.contract.ts` is what every place promises.
 */ export class CarPlace {
}

//# sourceMappingURL=car-place.port.js.map
