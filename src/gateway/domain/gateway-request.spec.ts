import { describe, expect, it } from '@jest/globals';
import { answerFormat, onlyIfCached, parseGatewayPath } from './gateway-request.js';

const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

describe('the path of a request', () => {
  it.each([
    [`/ipfs/${cid}`, { segments: [], trailingSlash: false, contentPath: `/ipfs/${cid}`, rawQuery: '' }],
    [`/ipfs/${cid}/`, { segments: [], trailingSlash: true }],
    [`/ipfs/${cid}/a%20b//c?x=1`, { segments: ['a b', 'c'], rawQuery: '?x=1', rawPath: `/ipfs/${cid}/a%20b//c` }],
    [`/gw/ipfs/${cid}/a`, { segments: ['a'], contentPath: `/ipfs/${cid}/a`, rawPath: `/gw/ipfs/${cid}/a` }],
    [`/ipfs/${cid}/gr%C3%BC%C3%9Fe`, { segments: ['grüße'] }],
  ])('%s is taken apart', (url, parts) => {
    const path = parseGatewayPath(url);
    expect(path).toMatchObject({ rootText: cid, ...parts });
    expect(path.root.toString()).toBe(cid);
  });

  it.each([
    ['/ipfs/nonsense', 'ERR_INVALID_CID'],
    ['/ipfs/', 'ERR_INVALID_CID'],
    [`/ipfs/${cid}/%E0%A4%A`, 'ERR_INVALID_INPUT'],
    ['/ipfs/%E0%A4%A', 'ERR_INVALID_INPUT'],
  ])('%s is refused', (url, code) => {
    expect(() => parseGatewayPath(url)).toThrow(expect.objectContaining({ code }));
  });

  it('a CIDv0 is a root, too', () => {
    expect(parseGatewayPath('/ipfs/QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n').root.version).toBe(0);
  });
});

describe('the format of an answer', () => {
  const format = (query: string, accept?: string) => answerFormat(new URLSearchParams(query), accept);

  it.each([
    ['', undefined, { kind: 'unixfs' }],
    ['', 'text/html,application/xhtml+xml,*/*;q=0.8', { kind: 'unixfs' }],
    ['format=raw', undefined, { kind: 'raw', negotiated: false }],
    ['', 'application/vnd.ipld.raw', { kind: 'raw', negotiated: true }],
    ['', 'text/html, Application/Vnd.Ipld.CAR; version=1', { kind: 'car', scope: 'all', negotiated: true }],
    ['format=raw', 'application/vnd.ipld.car', { kind: 'raw', negotiated: false }],
    ['format=car&dag-scope=block', undefined, { kind: 'car', scope: 'block', negotiated: false }],
    ['format=car&entity-bytes=0:9', undefined, { kind: 'car', scope: 'entity', negotiated: false }],
    ['format=dag-json', undefined, { kind: 'codec', codec: 'dag-json', negotiated: false }],
    ['', 'application/cbor', { kind: 'codec', codec: 'cbor', negotiated: true }],
  ])('?%s with Accept %s', (query, accept, expected) => {
    expect(format(query, accept)).toEqual(expected);
  });

  it.each([
    ['format=tar', undefined, 406],
    ['', 'application/vnd.ipfs.ipns-record', 406],
    ['format=car&car-version=2', undefined, 406],
    ['', 'application/vnd.ipld.car; version=2', 406],
    ['format=html', undefined, 400],
    ['format=', undefined, 400],
    ['format=car&dag-scope=some', undefined, 400],
  ])('?%s with Accept %s is refused with %d', (query, accept, status) => {
    expect(() => format(query, accept)).toThrow(expect.objectContaining({ status }));
  });
});

describe('Cache-Control of a request', () => {
  it.each([
    ['only-if-cached', true],
    ['max-age=0, Only-If-Cached', true],
    ['no-only-if-cached', false],
    [undefined, false],
  ])('%s: only what is here is wanted: %s', (cacheControl, only) => {
    const none = { accept: undefined, range: undefined, ifRange: undefined, ifNoneMatch: undefined };
    expect(onlyIfCached({ url: '/', ...none, cacheControl, hasOwnOrigin: false, pageHost: null })).toBe(only);
  });
});
