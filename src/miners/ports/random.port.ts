/** Chance, injected, so that tests can know it. */
export abstract class Random {
  /** Uniform in [0, 1). */
  abstract next(): number;
}

export class MathRandom extends Random {
  next(): number {
    return Math.random();
  }
}
