import { ApiError, ask, credentials, queryText, refusalOf } from '../../api/client';
import type { Uploaded } from '../../api/types';
import type { DroppedFile } from './dropped-files';

export interface Sending {
  /** The platform's answer: the bytes are durable. Rejects with ApiError; with DOMException when it was stopped. */
  done: Promise<Uploaded>;
  stop: () => void;
}

/** From this size on an upload can go on where it broke off, also after the tab was closed. */
export const RESUMABLE_BYTES = 8 * 1024 * 1024;

/** Milliseconds before each new try of a broken connection: a restart of the platform fits in. */
const RETRIES_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000];

/** One file: a small one as the body of one request, a large one by tus. `onSent` hears how many bytes have left. */
export function sendFile({ file, path }: DroppedFile, onSent: (bytes: number) => void): Sending {
  if (file.size >= RESUMABLE_BYTES) return sendResumable({ file, path }, onSent);
  const query = queryText({ filename: path, 'allow-empty': file.size === 0 ? true : undefined });
  return request('PUT', `/content/add${query}`, file, onSent, { 'content-type': 'application/octet-stream' });
}

/** Files with their paths as one directory, in one form. */
export function sendFolder(files: readonly DroppedFile[], name: string, onSent: (bytes: number) => void): Sending {
  const form = new FormData();
  for (const { file, path } of files) form.append('data', file, path);
  return request('POST', `/content/add${queryText({ filename: name })}`, form, onSent, {});
}

/** XMLHttpRequest, because fetch cannot tell how much has left. */
function request(
  method: 'PUT' | 'POST',
  url: string,
  body: XMLHttpRequestBodyInit,
  onSent: (bytes: number) => void,
  headers: Record<string, string>,
): Sending {
  const call = new XMLHttpRequest();
  const done = new Promise<Uploaded>((resolve, reject) => {
    call.upload.onprogress = ({ loaded }) => onSent(loaded);
    call.onload = () => {
      if (call.status < 300) return resolve(JSON.parse(call.responseText) as Uploaded);
      const requestId = new Headers({ 'x-request-id': call.getResponseHeader('x-request-id') ?? '' });
      reject(refusalOf({ status: call.status, headers: requestId }, call.responseText));
    };
    call.onerror = () =>
      reject(new ApiError(0, 'ERR_UNREACHABLE', 'The connection broke. Nothing of this was stored.', null));
    call.onabort = () => reject(stopped());
    call.open(method, url);
    for (const [name, value] of Object.entries({ ...credentials(method), ...headers }))
      call.setRequestHeader(name, value);
    call.send(body);
  });
  return { done, stop: () => call.abort() };
}

/** tus 1.0: the address of what has begun is kept in this browser, so that the same file goes on where it was. */
function sendResumable({ file, path }: DroppedFile, onSent: (bytes: number) => void): Sending {
  let stop: () => void = () => undefined;
  const done = (async () => {
    const { Upload } = await import('tus-js-client');
    const url = await new Promise<string>((resolve, reject) => {
      const upload = new Upload(file, {
        endpoint: '/content/tus',
        metadata: { filename: path },
        headers: credentials('PATCH'),
        retryDelays: RETRIES_MS,
        removeFingerprintOnSuccess: true,
        onProgress: (sent) => onSent(sent),
        onSuccess: () => resolve(upload.url ?? ''),
        onError: (error) => reject(refusalOfTus(error)),
      });
      stop = () => {
        void upload.abort();
        reject(stopped());
      };
      void upload.findPreviousUploads().then(([previous]) => {
        if (previous !== undefined) upload.resumeFromPreviousUpload(previous);
        upload.start();
      }, reject);
    });
    return await ask<Uploaded>(`${new URL(url, location.href).pathname}/content`);
  })();
  return { done, stop: () => stop() };
}

function refusalOfTus(error: Error): ApiError {
  const answer = 'originalResponse' in error ? (error.originalResponse as TusAnswer | null) : null;
  if (answer === null)
    return new ApiError(0, 'ERR_UNREACHABLE', 'The connection broke. Try again: it goes on where it was.', null);
  const headers = new Headers({ 'x-request-id': answer.getHeader('x-request-id') ?? '' });
  return refusalOf({ status: answer.getStatus(), headers }, answer.getBody());
}

/** The part of tus-js-client's response that is read here. */
interface TusAnswer {
  getStatus(): number;
  getHeader(name: string): string | undefined;
  getBody(): string;
}

function stopped(): DOMException {
  return new DOMException('stopped', 'AbortError');
}
