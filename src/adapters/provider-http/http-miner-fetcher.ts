import { FetchFailed, type FetchLimits, MinerFetcher, type PieceRange } from '../../retrieval/index.js';
import { OutboundHttp, type OutboundAnswer } from '../../platform/http-client/index.js';
import type { AddressPolicy } from '../../platform/net/index.js';
import { failureOfError, failureOfStatus } from './http-failure.js';
import { type MinimumRate, rangeOf, withMinimumRate } from './stream-guards.js';

/** A miner that takes longer to accept a connection is not reachable. */
const CONNECT_MS = 5_000;
/** So much of an error page is read. */
const ERROR_TEXT_BYTES = 2_048;
/** Trustless gateway specification: from the root down, each block once (IPIP-412). */
const CAR_TYPE = 'application/vnd.ipld.car;version=1;order=dfs;dups=n';

/** What an operator decides. */
export interface HttpMinerFetcherOptions {
  /** Which addresses that miners name may be dialed. */
  policy: AddressPolicy;
  /** A stream below it is given up; 4 KiB/s over half a minute unless told. */
  minimumRate?: MinimumRate;
}

/**
 * Trustless gateways and piece endpoints of storage providers (booster-http, Curio, the devnet). Redirects are not
 * followed.
 */
export class HttpMinerFetcher extends MinerFetcher {
  private readonly http: OutboundHttp;

  constructor(private readonly options: HttpMinerFetcherOptions) {
    super();
    this.http = new OutboundHttp(options.policy, CONNECT_MS);
  }

  /**
   * Trustless gateway specification, `format=car&dag-scope=all`. Bytes as they come, unverified. Leaving the loop ends
   * the connection. @throws FetchFailed, and the signal's reason
   */
  async *car(baseUrl: string, root: string, limits: FetchLimits): AsyncGenerator<Uint8Array> {
    // Both forms of asking: older gateways read only the one or the other (IPIP-523).
    yield* this.body(
      baseUrl,
      `/ipfs/${root}?format=car&dag-scope=all`,
      { accept: CAR_TYPE },
      limits,
      ({ statusCode }, body) => {
        if (statusCode !== 200) throw new FetchFailed('http-status', `HTTP ${statusCode} where a CAR was asked for`);
        return body;
      },
    );
  }

  /**
   * `GET /piece/<piece CID>` with a range (booster-http, Curio). A server that ignores the range has its answer cut
   * here. Bytes as they come, unverified. @throws FetchFailed, and the signal's reason
   */
  async *piece(baseUrl: string, pieceCid: string, range: PieceRange, limits: FetchLimits): AsyncGenerator<Uint8Array> {
    const { offset, length } = range;
    const headers = { accept: '*/*', range: `bytes=${offset}-${offset + length - 1}` };
    yield* this.body(baseUrl, `/piece/${pieceCid}`, headers, limits, (answer, body) => {
      if (answer.statusCode === 206) {
        const [, start] = /^bytes (\d+)-/.exec(String(answer.headers['content-range'] ?? '')) ?? [];
        if (Number(start) !== offset)
          throw new FetchFailed('wrong-bytes', 'it answered with another range than was asked for');
        return rangeOf(body, 0, length);
      }
      return rangeOf(body, offset, length);
    });
  }

  /**
   * Asks, and passes the body on as `shape` cuts it. Whatever breaks is a FetchFailed; only the caller's own abort
   * surfaces as its reason.
   */
  private async *body(
    baseUrl: string,
    path: string,
    headers: Record<string, string>,
    limits: FetchLimits,
    shape: (answer: OutboundAnswer, body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    const answer = await this.open(baseUrl, path, headers, limits);
    try {
      const body = withMinimumRate(answer.body as AsyncIterable<Uint8Array>, this.options.minimumRate);
      for await (const chunk of shape(answer, body)) {
        limits.signal.throwIfAborted();
        yield chunk;
      }
    } catch (error) {
      limits.signal.throwIfAborted();
      throw failureOfError(error, true);
    } finally {
      // Whatever is left is not wanted: the connection ends here rather than being read to its end.
      answer.body.on('error', () => undefined).destroy();
    }
  }

  /** Up to the head of the answer. @throws FetchFailed for any status but 200 and 206. */
  private async open(
    baseUrl: string,
    path: string,
    headers: Record<string, string>,
    limits: FetchLimits,
  ): Promise<OutboundAnswer> {
    let answer: OutboundAnswer;
    try {
      const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`);
      answer = await this.http.get(url, { headers, signal: limits.signal, idleMs: limits.idleMs });
    } catch (error) {
      limits.signal.throwIfAborted();
      throw failureOfError(error, false);
    }
    if (answer.statusCode === 200 || answer.statusCode === 206) return answer;
    throw failureOfStatus(answer.statusCode, await firstText(answer));
  }
}

/** The beginning of an error's body; it may be anything, of any length. */
async function firstText(answer: OutboundAnswer): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer.body as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size >= ERROR_TEXT_BYTES) break;
    }
  } catch {
    // The status has said enough.
  }
  return Buffer.concat(parts).subarray(0, ERROR_TEXT_BYTES).toString('utf8');
}
