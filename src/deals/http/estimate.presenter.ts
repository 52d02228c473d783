import { formatFil } from '../../shared/index.js';
import type { Estimate } from '../verbs/estimate-deals.js';

/** Estuary's `totalFil, totalAttoFil, Asks[]`, then what they are made of. */
export function presentEstimate({ pieceSize, duration, verified, wanted, total, asks, filPrice }: Estimate) {
  return {
    totalFil: formatFil(total),
    totalAttoFil: total.toString(),
    Asks: asks.map((ask) => ({
      miner: ask.miner,
      price: ask.price.toString(),
      verifiedPrice: ask.verifiedPrice.toString(),
      minPieceSize: ask.minPieceSize.toString(),
      maxPieceSize: ask.maxPieceSize.toString(),
      cost: ask.cost.toString(),
      costFil: formatFil(ask.cost),
    })),
    pieceSize: pieceSize.toString(),
    durationBlks: duration,
    verified,
    replication: wanted,
    minersFound: asks.length,
    /** Null without a known price of FIL. */
    usd:
      filPrice === null
        ? null
        : {
            total: (Number(formatFil(total)) * Number(filPrice.usd)).toPrecision(6),
            filUsd: filPrice.usd,
            source: filPrice.source,
            ageSeconds: Math.round(filPrice.ageMs / 1000),
          },
  };
}
