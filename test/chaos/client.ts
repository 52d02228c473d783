import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountView, ListedContent, ListedPin } from './model.js';

/** What an answer was; `status` 0: none came, or it broke off. */
export interface Answer {
  status: number;
  body: Buffer;
  headers: Headers | null;
  /** Of an error: its stable code; of a missing answer: what the connection said. */
  reason: string;
}

export interface Request {
  body?: Uint8Array | string | FormData | ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Long enough for what is stopped for a while and for a retrieval; nobody is waited for without end. */
const TIMEOUT_MS = 45_000;
const PAGE = 1_000;

/** One account's way to the platform. */
export class Client {
  private readonly url: string;
  readonly key: string | null;

  constructor(url: string, key: string | null) {
    this.url = url;
    this.key = key;
  }

  /** Never rejects: that no answer came is an answer. */
  async ask(
    method: string,
    route: string,
    { body, headers = {}, timeoutMs = TIMEOUT_MS, signal }: Request = {},
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.url + route, {
        method,
        headers: { ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }), ...headers },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      } as RequestInit);
      const bytes = Buffer.from(await response.arrayBuffer());
      const reason = response.ok ? '' : reasonOf(bytes);
      return { status: response.status, body: bytes, headers: response.headers, reason };
    } catch (error) {
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
      return { status: 0, body: Buffer.alloc(0), headers: null, reason };
    }
  }

  /** @throws Error when it is not answered with success. */
  async json<T>(method: string, route: string, body?: unknown): Promise<T> {
    const answer = await this.ask(
      method,
      route,
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    );
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${route}: ${answer.status} ${answer.reason}`);
    return (answer.body.length === 0 ? undefined : JSON.parse(answer.body.toString())) as T;
  }

  /** Everything that the account sees of itself. It is asked in several questions: what is under way may come between. */
  async view(): Promise<AccountView> {
    const [contents, pins, { limits, usage }] = await Promise.all([
      this.contents(),
      this.pins(),
      this.json<{ limits: { bytesQuota: number | null }; usage: AccountView['usage'] }>('GET', '/user/limits'),
    ]);
    return {
      contents,
      pins,
      usage: { bytes: usage.bytes ?? 0, contents: usage.contents ?? 0, pins: usage.pins ?? 0 },
      bytesQuota: limits.bytesQuota,
    };
  }

  private async contents(): Promise<ListedContent[]> {
    const all: ListedContent[] = [];
    for (let before = ''; ; before = `&before=${all.at(-1)?.id}`) {
      const page = await this.json<ListedContent[]>('GET', `/content/contents?limit=${PAGE}${before}`);
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }

  private async pins(): Promise<ListedPin[]> {
    type Page = {
      results: { requestid: string; status: string; created: string; pin: { cid: string; name?: string } }[];
    };
    const all: Page['results'] = [];
    for (let before = ''; ; before = `&before=${all.at(-1)?.created}`) {
      const route = `/pinning/pins?status=queued,pinning,pinned,failed&limit=${PAGE}${before}`;
      const { results } = await this.json<Page>('GET', route);
      all.push(...results);
      if (results.length < PAGE)
        return all.map(({ requestid, status, pin }) => ({
          requestId: requestid,
          status,
          name: pin.name ?? '',
          cid: pin.cid,
        }));
    }
  }
}

/** A body in six pieces with pauses between; one that is `broken` fails after the third, or where it would have ended. */
export function slowBody(bytes: Uint8Array, pauseMs: number, broken: boolean): ReadableStream<Uint8Array> {
  const length = Math.max(1, Math.ceil(bytes.length / 6));
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const ended = sent * length >= bytes.length;
      if (broken && (ended || sent === 3)) return controller.error(new Error('the sender broke off'));
      if (ended) return controller.close();
      if (sent > 0) await sleep(pauseMs);
      controller.enqueue(bytes.subarray(sent * length, ++sent * length));
    },
  });
}

function reasonOf(body: Buffer): string {
  try {
    const { error } = JSON.parse(body.toString()) as { error?: { reason?: string; details?: unknown } };
    return `${error?.reason ?? ''} ${typeof error?.details === 'string' ? error.details : ''}`.trim();
  } catch {
    return body.subarray(0, 200).toString();
  }
}
