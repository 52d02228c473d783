/** Numbers that follow from a seed alone: the same seed gives the same inputs on every machine (mulberry32). */
export class Random {
  #state;

  /** `seed` is a whole number or a text. */
  constructor(seed) {
    this.#state = typeof seed === 'number' ? seed >>> 0 : hashOf(String(seed));
  }

  /** 0 to 2^32 - 1. */
  word() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let word = this.#state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  }

  /** A whole number from 0 to below `end`. */
  below(end) {
    return end <= 1 ? 0 : this.word() % end;
  }

  /** True once in `times`. */
  once(times) {
    return this.below(times) === 0;
  }

  of(list) {
    return list[this.below(list.length)];
  }

  bytes(length) {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = this.word();
    return bytes;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
