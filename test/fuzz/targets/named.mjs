import { DomainError } from '../../../dist/shared/index.js';

/** A failure with a name of ours that is the sender's fault. */
export const isRefusal = (error) => error instanceof DomainError && error.status < 500;

/** A failure with a name of ours; where nobody gets it as an HTTP answer. */
export const isDomainError = (error) => error instanceof DomainError;

const nothing = () => false;

/** A target of one function. `weight` 1 unless told. */
export function target(corpus, run, { isNamed = nothing, sample, weight = 1, open, close } = {}) {
  return {
    corpus,
    run,
    isNamed,
    weight,
    ...(sample ? { sample } : {}),
    ...(open ? { open } : {}),
    ...(close ? { close } : {}),
  };
}

/** As a body arrives: in pieces of odd sizes. */
export async function* inPieces(bytes) {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 4093) {
    if (size === 0) size = 1;
    yield bytes.subarray(at, at + size);
  }
}

export async function readAll(source) {
  let bytes = 0;
  for await (const part of source) bytes += part.length ?? 1;
  return bytes;
}

/** A fast-check arbitrary's values as bytes, without end, by batches. */
export function* sampled(fc, arbitrary, encode, random) {
  for (;;) for (const value of fc.sample(arbitrary, { numRuns: 200, seed: random.word() | 0 })) yield encode(value);
}

export const utf8 = (text) => new TextEncoder().encode(text);
export const textOf = (bytes) => new TextDecoder().decode(bytes);
