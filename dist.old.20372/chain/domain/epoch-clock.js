/**
 * Epochs to dates and back, counted from the head instead of genesis: on Filecoin both give the same, and a network
 * that once stood still (every devnet) keeps its near past and its future right.
 */ export class EpochClock {
    constructor(head, blockDelaySeconds){
        this.head = head;
        this.blockDelaySeconds = blockDelaySeconds;
    }
    get height() {
        return this.head.height;
    }
    toDate(epoch) {
        return new Date((this.head.timestamp + (epoch - this.head.height) * this.blockDelaySeconds) * 1000);
    }
    /** The epoch that is or was running at that time. */ toEpoch(date) {
        return this.head.height + Math.floor((date.getTime() / 1000 - this.head.timestamp) / this.blockDelaySeconds);
    }
}

//# sourceMappingURL=epoch-clock.js.map
