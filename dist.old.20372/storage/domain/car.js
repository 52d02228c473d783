import { v7 } from 'uuid';
import { carId } from '../../shared/index.js';
/** Copies that can be read. */ export const READABLE_COPIES = [
    'writing',
    'verified'
];
/** Where the CARs of a node lie. */ export function placeOf(nodeId) {
    return `node:${nodeId}`;
}
/**
 * Every state of a CAR, and the only transitions between them. A sealed one never changes; of a discarded one nothing
 * is wanted.
 */ export const carTransitions = {
    open: [
        'sealed',
        'discarded'
    ],
    sealed: [
        'discarded'
    ],
    discarded: []
};
/** A UUID that begins with the time (RFC 9562, 5.7): CARs sort as they were made, in the folder and in the database. */ export function newCarId() {
    return carId(v7());
}

//# sourceMappingURL=car.js.map
