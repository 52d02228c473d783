import type { CID } from 'multiformats/cid';
import { parseCid } from '../../shared/index.js';
import { InvalidCid, InvalidRequest } from './gateway.errors.js';

export interface GatewayPath {
  root: CID;
  /** As the URL has it. */
  rootText: string;
  segments: string[];
  trailingSlash: boolean;
  /** `/ipfs/<cid>/a/b`, as the client wrote it, without the mount and the query. */
  contentPath: string;
  /** The URL's path as it came, for redirects. */
  rawPath: string;
  /** With its question mark, or empty. */
  rawQuery: string;
}

/** @throws InvalidCid, InvalidRequest. */
export function parseGatewayPath(url: string): GatewayPath {
  const question = url.indexOf('?');
  const rawPath = question < 0 ? url : url.slice(0, question);
  const contentPath = rawPath.replace(/^\/gw(?=\/)/, '');
  const [rootText = '', ...rest] = contentPath.replace(/^\/ipfs\//, '').split('/');
  const root = parseCid(decode(rootText));
  if (!root) throw new InvalidCid(`'${decode(rootText).slice(0, 100)}' is not a CID`);
  return {
    root,
    rootText,
    contentPath,
    rawPath,
    segments: rest.filter((segment) => segment !== '').map(decode),
    trailingSlash: rawPath.endsWith('/'),
    rawQuery: question < 0 ? '' : url.slice(question),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidRequest('the path is not properly percent-encoded');
  }
}
