import { describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import * as Digest from 'multiformats/hashes/digest';
import { canVerify, hashMatches } from './block-hash.js';

const bytes = Buffer.from('tidewater');
/** `printf tidewater | ipfs block put --mhtype <name> --cid-codec raw`, Kubo 0.42. */
const KUBO = {
  'sha2-256': 'bafkreifz7oqi5zjjz73uhftgc55covp7keisauinytjb4hz75d55ijf5ly',
  'sha2-512':
    'bafkrgqcvzhtaoqjkhdonl3ylbspbjkhfofcr3y5cnorbs6vjzuxpmmofsmekyss24xuqd2rmrtl3nogxwxf7uoqu7ghgjyu5jpp633nxnz3nw',
  sha1: 'bafkrcfhzdvoqli36no6ivn2bnp5xolgw2fvk4qa',
  'dbl-sha2-256': 'bafkvmid6crneg2ics2wlwdrc4txavduzwmxuhuwtnll42gyfdxq553wgim',
  'blake2b-160': 'bafkzjzaccsnlple2a76iecwjmssd5e5xbiemgkijpe',
  'blake2b-256': 'bafk2bzacebb5lcj2uxnvytgr6taez3i4xgvcdreo3mqxdwxufewv6b6i7sgp4',
  'blake2b-384': 'bafk3bzacgbapqx2k3l5xkj6jopfpzyrhoiaamngexszw3jqkbx2vvaoocf3lgrosw6eupkibjvsts57miivdcay',
  'blake2b-512':
    'bafk4bzacicmoy3p2ps4mpvzmfnkaedzttnaw5jpkmortazacukkkry6baftfxl2v5q2eopimafnebtsus63fekhlc6or2fma2kdgzzns4ottvvdl',
  'blake2s-256': 'bafk6bzaceduy5ihjstg3jfjq4afzc27wo63v674fadsk6535qfkgqouwxehtg',
  blake3: 'bafkr4ihptocxze3qtslvjcn5b4tf64p5mxnjhgtzxnzsgsmksmsqz62bmq',
  'sha3-224': 'bafkrohdbkqa2khmamswzo7whxkd5lhrkxzbrnovava6rnqottepq',
  'sha3-256': 'bafkrmiecmbcjznt6cm5lbt64urpvdaxy3nsoctk6epiclakqu2g7llomne',
  'sha3-384': 'bafkrkmdxwurstxcjowoyuwos6zttk4mpl7yjlgovf4awnkovs6v6no526z3ubju3oqnvgh6ctbx2vtpt4wpa',
  'sha3-512':
    'bafkriqh2qsyrtmxaiq4zbzwrcucwo4luzwoekzaqqbxnfeoyc2y2nn3mbrfp5riiie2fdjpw6c5wfs5zlbckizkycoix63hcc4ksrm5t4akcg',
  'keccak-256': 'bafkrwigiv6nc2ks7dvew4sxxya5vhafmwow6xvesu7xes6zi5ooiomdd6i',
  'keccak-512':
    'bafkr2qdx3dpuzl7pkxrsoqdhk54cmxj2kh7w3cyzhelasj2vouboaqz4beop6dhxm5lktxt4tjnyv3pdw74dc7vtfefgu6jbhghhna472lxee',
  'shake-256':
    'bafkrsqgxejumsch3a5vly2rkoi77hnshwy2p736dpacm4aeyyczra2yqll4wp6sv63pqsiziiuntjm5zrjwqzahyfu62quyeeznubdzkdoqzo',
  identity: 'bafkqaclunfsgk53borsxe',
};

const named = (code: number, digest: Uint8Array) => CID.createV1(raw.code, Digest.create(code, digest));

describe('the hash of a block', () => {
  it.each(Object.entries(KUBO))(
    'of kind %s is what Kubo makes of the same bytes, and tells others apart',
    (_name, text) => {
      const cid = CID.parse(text);
      expect(canVerify(cid)).toBe(true);
      expect(hashMatches(cid, bytes)).toBe(true);
      expect(hashMatches(cid, Buffer.from('tidewateR'))).toBe(false);
    },
  );

  it('may be cut short to twenty bytes, and no further', () => {
    for (const text of [KUBO['sha2-256'], KUBO.blake3, KUBO['keccak-256'], KUBO['shake-256']]) {
      const { code, digest } = CID.parse(text).multihash;
      expect(hashMatches(named(code, digest.subarray(0, 20)), bytes)).toBe(true);
      expect(canVerify(named(code, digest.subarray(0, 19)))).toBe(false);
      expect(hashMatches(named(code, digest.subarray(0, 19)), bytes)).toBe(false);
    }
  });

  it('is not taken from functions that anybody can make meet, nor longer than the function gives', () => {
    const murmur = CID.createV1(raw.code, Digest.create(0x22, new Uint8Array(8)));
    const md5 = named(0xd5, new Uint8Array(16));
    const blake2b8 = named(0xb208, new Uint8Array(8));
    for (const cid of [murmur, md5, blake2b8]) expect(canVerify(cid)).toBe(false);
    expect(
      hashMatches(named(0x12, Buffer.concat([CID.parse(KUBO['sha2-256']).multihash.digest, Buffer.alloc(1)])), bytes),
    ).toBe(false);
    expect(hashMatches(named(0x1e, new Uint8Array(5_000)), bytes)).toBe(false);
  });

  it('is the bytes themselves in an identity CID of at most 128 bytes', () => {
    expect(hashMatches(named(0, new Uint8Array(128)), new Uint8Array(128))).toBe(true);
    expect(canVerify(named(0, new Uint8Array(129)))).toBe(false);
  });
});
