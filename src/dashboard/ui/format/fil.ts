import { trimZeros } from './bytes';

const DECIMALS = 18;
const SIGNIFICANT = 6;

/** attoFIL (decimal text) as FIL with at most six significant digits; what is cut off is cut, never rounded up. */
export function formatFil(atto: string | null | undefined): string {
  if (atto === null || atto === undefined || !/^-?\d+$/.test(atto)) return '–';
  const sign = atto.startsWith('-') ? '-' : '';
  const digits = atto.replace('-', '').replace(/^0+/, '');
  if (digits === '') return '0 FIL';
  const padded = digits.padStart(DECIMALS + 1, '0');
  const whole = padded.slice(0, -DECIMALS);
  const fraction = padded.slice(-DECIMALS);
  const leading = whole === '0' ? (/^0*/.exec(fraction)?.[0].length ?? 0) : -whole.length;
  const kept = fraction.slice(0, Math.max(0, leading + SIGNIFICANT));
  return `${sign}${grouped(whole)}${trimZeros(`.${kept}`).replace(/^\.$/, '')} FIL`.replace('. FIL', ' FIL');
}

/** `1,204`. */
export function formatCount(count: number | string | null | undefined): string {
  if (count === null || count === undefined) return '–';
  const amount = Number(count);
  return Number.isFinite(amount) ? amount.toLocaleString('en-US') : '–';
}

/** A share from 0 to 1. */
export function formatShare(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${trimZeros((share * 100).toFixed(share >= 0.995 ? 0 : 1))} %`;
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}
