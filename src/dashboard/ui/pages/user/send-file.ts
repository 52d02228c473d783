import { credentials, queryText, refusalOf } from '../../api/client';
import type { Uploaded } from '../../api/types';
import { ApiError } from '../../api/client';

export interface Sending {
  /** The platform's answer: the bytes are durable. Rejects with ApiError; with DOMException when it was cancelled. */
  done: Promise<Uploaded>;
  cancel: () => void;
}

/** One file as the body of `PUT /content/add`. `onSent` hears how many bytes have left (fetch cannot tell). */
export function sendFile(file: File, path: string, onSent: (bytes: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<Uploaded>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => {
      if (request.status < 300) return resolve(JSON.parse(request.responseText) as Uploaded);
      const headers = new Headers({ 'x-request-id': request.getResponseHeader('x-request-id') ?? '' });
      reject(refusalOf({ status: request.status, headers }, request.responseText));
    };
    request.onerror = () =>
      reject(new ApiError(0, 'ERR_UNREACHABLE', 'The connection broke. Nothing of this file was stored.', null));
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'));
    request.open('PUT', `/content/add${queryText({ filename: path })}`);
    for (const [name, value] of Object.entries(credentials('PUT'))) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
