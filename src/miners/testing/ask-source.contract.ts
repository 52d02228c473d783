import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MinerId } from '../../shared/index.js';
import { AskNotAnswered } from '../domain/miners.errors.js';
import type { AskSource } from '../ports/ask-source.port.js';

export interface AskSourceHarness {
  source: AskSource;
  answering: MinerId;
  silent: MinerId;
  close?(): Promise<void>;
}

/** What every AskSource promises. */
export function describeAskSourceContract(name: string, make: () => Promise<AskSourceHarness>): void {
  describe(`${name} as an AskSource`, () => {
    let harness: AskSourceHarness;
    beforeAll(async () => {
      harness = await make();
    });
    afterAll(async () => harness?.close?.());

    it('tells prices in attoFIL and sizes in padded bytes', async () => {
      const ask = await harness.source.ask(harness.answering);
      expect(Object.values(ask).map((value) => typeof value)).toEqual(['bigint', 'bigint', 'bigint', 'bigint']);
      expect(ask.price).toBeGreaterThanOrEqual(0n);
      expect(ask.maxPieceSize).toBeGreaterThanOrEqual(ask.minPieceSize);
    });

    it('names the failure of a miner that does not answer, and says that it may be tried again', async () => {
      const failure = await harness.source.ask(harness.silent).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AskNotAnswered);
      expect(failure).toMatchObject({ retryable: true });
    });

    it('stops at once when its caller gives up', async () => {
      await expect(harness.source.ask(harness.answering, AbortSignal.abort(new Error('given up')))).rejects.toThrow(
        'given up',
      );
    });
  });
}
