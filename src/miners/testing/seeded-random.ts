import { Random } from '../verbs/choose-miners.js';

/** Chance that comes out the same every time (mulberry32). */
export class SeededRandom extends Random {
  constructor(private state = 1) {
    super();
  }

  override next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
