/** attoFIL, 10^-18 FIL. Always bigint; decimal strings in JSON. */
export type AttoFil = bigint;

const ONE_FIL = 10n ** 18n;
const GIB = 1n << 30n;

/** `1234500000000000000n` -> `1.2345`. */
export function formatFil(amount: AttoFil): string {
  const sign = amount < 0n ? '-' : '';
  const whole = (amount < 0n ? -amount : amount) / ONE_FIL;
  const rest = ((amount < 0n ? -amount : amount) % ONE_FIL).toString().padStart(18, '0').replace(/0+$/, '');
  return rest === '' ? `${sign}${whole}` : `${sign}${whole}.${rest}`;
}

/** attoFIL per epoch for a padded piece at a price per GiB and epoch, rounded down as Estuary and Lotus do. */
export function pricePerEpoch(pricePerGiBEpoch: AttoFil, paddedBytes: bigint): AttoFil {
  return (pricePerGiBEpoch * paddedBytes) / GIB;
}
