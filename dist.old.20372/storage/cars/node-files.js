/** A DAG joins the segment up to CONTENT_SMALL_LIMIT and this: the nodes that a file of just that size has on top. */ const NODES_ALLOWANCE = 64 * 1024;
export function limitsOf({ values }) {
    return {
        carBytes: values.PIECE_CAR_LIMIT,
        smallBytes: values.CONTENT_SMALL_LIMIT + NODES_ALLOWANCE,
        segmentBytes: Math.min(values.SEGMENT_MAX_BYTES, values.PIECE_CAR_LIMIT),
        segmentAgeMs: values.SEGMENT_MAX_AGE_SECONDS * 1000,
        replication: values.DEALS_REPLICATION
    };
}
/** What everybody who writes CARs in this process works with. */ export class NodeFiles {
    constructor(owner, folder, index, cars, space, limits){
        this.owner = owner;
        this.folder = folder;
        this.index = index;
        this.cars = cars;
        this.space = space;
        this.limits = limits;
    }
    /** Asked before anything is acknowledged. */ get fence() {
        return this.cars.fence;
    }
}

//# sourceMappingURL=node-files.js.map
