/**
 * The regularized incomplete beta function and its inverse: what a credible interval of a success rate is made of.
 * Sources: NIST DLMF 8.17.22 (continued fraction), evaluated by Lentz's method; Lanczos' approximation of ln Γ with
 * g = 7, n = 9. Iterative, and bounded in its steps.
 */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const MOST_STEPS = 500;
const TINY = 1e-300;
const CLOSE = 1e-14;

/** ln Γ(x) for x > 0.5, to some 15 digits. */
export function lnGamma(x: number): number {
  const z = x - 1;
  const sum = LANCZOS.reduce((all, factor, i) => (i === 0 ? factor : all + factor / (z + i)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** I_x(a, b): the chance that a rate drawn from Beta(a, b) is at most x. For a, b >= 1. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on one side of the mean; the other one is its mirror.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** The rate that one drawn from Beta(a, b) does not exceed with chance p: by bisection, to 12 digits. */
export function betaQuantile(p: number, a: number, b: number): number {
  // Beta(n, 1) is x^n, and Beta(1, n) its mirror.
  if (b === 1) return p ** (1 / a);
  if (a === 1) return 1 - (1 - p) ** (1 / b);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 42; step++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** DLMF 8.17.22, from the front to the back. */
function fraction(x: number, a: number, b: number): number {
  const awayFromZero = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < CLOSE) break;
  }
  return result;
}
