import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { cidOf, RAW } from '../../ipld/index.js';
import { hostOfRoot, isGatewayHost, pathOfHost, rootInHost } from './gateway-host.js';

const cid = cidOf(RAW, Buffer.from('a'));
const HOST = 'pages.example:8080';

describe('a host that bears a root', () => {
  it('is told from all others', () => {
    expect(rootInHost(`${cid.toString()}.ipfs.${HOST}`, HOST)).toBe(cid.toString());
    expect(rootInHost(`${cid.toString().toUpperCase()}.IPFS.Pages.Example:8080`, HOST)).toBe(cid.toString());
    for (const other of [
      HOST,
      `x.ipfs.${HOST}`,
      `${cid.toString()}.ipfs.example`,
      `${cid.toString()}.${HOST}`,
      '',
      undefined,
    ])
      expect(rootInHost(other, HOST)).toBeNull();
    expect(rootInHost(`${cid.toString()}.ipfs.undefined`, undefined)).toBeNull();
    expect([isGatewayHost('PAGES.example:8080', HOST), isGatewayHost('pages.example', HOST)]).toEqual([true, false]);
  });

  it('has nothing but what is below the root, whatever the path', () => {
    const at = (url: string) => pathOfHost(url, `${cid.toString()}.ipfs.${HOST}`, HOST);
    expect(at('/admin/users?x=1')).toBe(`/ipfs/${cid.toString()}/admin/users?x=1`);
    expect(at('/')).toBe(`/ipfs/${cid.toString()}/`);
    expect(pathOfHost('/admin/users', HOST, HOST)).toBe('/admin/users');
  });

  it('can be made for every root whose CID is short enough', () => {
    const long = CID.createV1(RAW, Digest.create(0x13, createHash('sha512').update('a').digest()));
    expect(hostOfRoot(cid, HOST)).toBe(`${cid.toString()}.ipfs.${HOST}`);
    expect(hostOfRoot(CID.parse('QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n'), HOST)).toBe(
      `bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku.ipfs.${HOST}`,
    );
    expect(hostOfRoot(long, HOST)).toBeNull();
  });
});
