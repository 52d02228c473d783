import { CSRF_HEADER, csrfToken, storedKey } from './session';

/** The platform's refusal, in its one shape, or what kept us from an answer. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
    /** Stable, `ERR_...`. */
    readonly reason: string,
    message: string,
    /** To quote when asking the operator. */
    readonly requestId: string | null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Sent as JSON. */
  body?: unknown;
  /** What is undefined or empty is left out. */
  query?: Record<string, string | number | boolean | undefined>;
  signal?: AbortSignal;
  /** Without key and session: for routes that everybody may ask. */
  anonymous?: boolean;
  /** In place of the key or session that this page has. */
  headers?: Record<string, string>;
  /** Statuses whose body counts as an answer, besides 2xx. */
  takes?: readonly number[];
}

/** Asks the API. @throws ApiError for a refusal, and with status 0 when the platform cannot be reached */
export async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
  const { method = 'GET', body, query, signal, takes = [] } = asked;
  let answer: Response;
  try {
    answer = await fetch(path + queryText(query), {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(asked.headers ?? (asked.anonymous === true ? {} : credentials(method))),
      },
      credentials: asked.anonymous === true ? 'omit' : 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'ERR_UNREACHABLE', 'The platform does not answer. It may be restarting.', null);
  }
  const text = await answer.text();
  if (!answer.ok && !takes.includes(answer.status)) throw refusalOf(answer, text);
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** What says who asks: a pasted key, or the session's cookie with its proof that this page sends it. */
export function credentials(method: string): Record<string, string> {
  const key = storedKey();
  if (key !== null) return { authorization: `Bearer ${key}` };
  const token = csrfToken();
  return method === 'GET' || token === null ? {} : { [CSRF_HEADER]: token };
}

/** `?a=1&b=2`, or nothing. */
export function queryText(query: Asked['query'] = {}): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (said.length === 0) return '';
  return `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** A refusal as the platform words it; of a proxy between us, its status. */
export function refusalOf(answer: { status: number; headers: Headers }, text: string): ApiError {
  const requestId = answer.headers.get('x-request-id');
  try {
    const { error } = JSON.parse(text) as { error: { reason: string; details: string } };
    return new ApiError(answer.status, error.reason, error.details, requestId);
  } catch {
    return new ApiError(
      answer.status,
      'ERR_UNREADABLE',
      `The answer was ${answer.status} and not readable.`,
      requestId,
    );
  }
}
