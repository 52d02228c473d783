/** A chain height. Conversion to time needs the network's genesis and block delay. */
export type Epoch = number;

/** What a network's epochs are counted from. */
export interface EpochTime {
  genesis: Date;
  /** Seconds between epochs: 30 on mainnet. */
  blockDelaySeconds: number;
}

/** On a network with 30 seconds between epochs. */
export const EPOCHS_PER_DAY = 2880;

/** When the epoch begins, by genesis. */
export function epochToDate(epoch: Epoch, time: EpochTime): Date {
  return new Date(time.genesis.getTime() + epoch * time.blockDelaySeconds * 1000);
}

/** The epoch that is or was running at that time; negative before genesis. */
export function dateToEpoch(date: Date, time: EpochTime): Epoch {
  return Math.floor((date.getTime() - time.genesis.getTime()) / (time.blockDelaySeconds * 1000));
}
