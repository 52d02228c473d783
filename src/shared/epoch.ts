/** A chain height. Conversion to time needs the network's genesis and block delay. */
export type Epoch = number;

export interface EpochTime {
  genesis: Date;
  /** Seconds between epochs: 30 on mainnet. */
  blockDelaySeconds: number;
}

export const EPOCHS_PER_DAY = 2880;

export function epochToDate(epoch: Epoch, time: EpochTime): Date {
  return new Date(time.genesis.getTime() + epoch * time.blockDelaySeconds * 1000);
}

export function dateToEpoch(date: Date, time: EpochTime): Epoch {
  return Math.floor((date.getTime() - time.genesis.getTime()) / (time.blockDelaySeconds * 1000));
}
