import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { multiaddr } from '@multiformats/multiaddr';
import { HttpRouter } from '../../../dist/adapters/helia/http-router.js';
import { dialable, isPermitted, TCP_AND_QUIC } from '../../../dist/network/index.js';
import { AddressPolicy } from '../../../dist/platform/net/index.js';
import { cidOf, RAW } from '../corpus.mjs';
import { sampled, target, textOf, utf8 } from './named.mjs';

const PEER = '12D3KooWJbWQBGr2YZ7c3ECUhQWmhNTB3bq1FJTKz4TZAcZKTpNf';
/** Another judge than the policy's own: Node's. What it holds must never be permitted. */
const inside = new BlockList();
const NETWORKS = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'];
NETWORKS.push('192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3', '192.0.2.0/24', '192.0.0.0/24');
for (const [address, bits] of NETWORKS.map((text) => text.split('/'))) {
  inside.addSubnet(address, Number(bits), 'ipv4');
  inside.addSubnet(`::ffff:${address}`, 96 + Number(bits), 'ipv6');
}
for (const [address, bits] of [
  ['::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
  ['2002::', 16],
  ['2001::', 32],
])
  inside.addSubnet(address, bits, 'ipv6');

function assertOutside(host) {
  const [bare] = host.split('%');
  const family = isIP(bare);
  if (family === 0 || inside.check(bare, family === 4 ? 'ipv4' : 'ipv6'))
    throw new Error('an address inside was permitted');
}

/** Names are never asked for: no input may make this machine ask a resolver. */
const resolver = (_name, _options, done) =>
  done(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
const policy = new AddressPolicy([], resolver);

async function readMultiaddr(bytes) {
  const text = textOf(bytes);
  const origin = await dialable(text, policy, TCP_AND_QUIC);
  if (origin) assertOutside(origin.getComponents()[0].value);
  // libp2p's own parser takes the square of a peer id's length; what comes to it is bounded by its messages.
  if (bytes.length > 1_024) return;
  for (const form of [text, bytes]) {
    const address = parsed(form);
    if (address && isPermitted(address, policy)) assertOutside(address.getComponents()[0].value);
  }
}

function parsed(form) {
  try {
    const address = multiaddr(form);
    address.getComponents();
    return address;
  } catch {
    return null;
  }
}

const ADDRESSES = [
  `/ip4/8.8.8.8/tcp/4001/p2p/${PEER}`,
  '/ip4/127.0.0.1/tcp/4001',
  '/ip6/::ffff:127.0.0.1/tcp/22',
  '/ip6/2606:4700::1111/udp/4001/quic-v1',
  '/dns4/localhost/tcp/5432',
  `/dnsaddr/bootstrap.libp2p.io/p2p/${PEER}`,
  `/ip4/8.8.8.8/tcp/4001/p2p/${PEER}/p2p-circuit/p2p/${PEER}`,
  '/ip6zone/eth0/ip6/fe80::1/tcp/1',
  '/unix/run%2Fsocket',
  '/dns/example.com/tcp/443/tls/ws',
];
const addressParts = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('ip4'), fc.oneof(fc.ipV4(), fc.ipV4Extended())),
    fc.tuple(fc.constant('ip6'), fc.ipV6()),
    fc.tuple(
      fc.constantFrom('dns', 'dns4', 'dns6', 'dnsaddr', 'ip6zone', 'unix'),
      fc.oneof(fc.domain(), fc.constant('localhost')),
    ),
    fc.tuple(fc.constantFrom('tcp', 'udp', 'sctp'), fc.nat(70_000).map(String)),
    fc.tuple(fc.constant('p2p'), fc.constant(PEER)),
    fc.constantFrom(['quic-v1'], ['ws'], ['wss'], ['p2p-circuit'], ['http'], ['tls'], ['ipcidr', '8']),
  ),
  { minLength: 1, maxLength: 6 },
);
const asAddress = (parts) => utf8(`/${parts.flat().join('/')}`);

function judgeIp(bytes) {
  const text = textOf(bytes);
  if (policy.permits(text, 80)) assertOutside(text);
  try {
    const { hostname } = new URL(`http://${text}/`);
    policy.assertPermits(hostname, 80);
    const bare = hostname.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0) assertOutside(bare);
  } catch (error) {
    if (error.message === 'an address inside was permitted') throw error;
  }
}
const IPS = [
  '127.0.0.1',
  '::ffff:7f00:1',
  '0x7f000001',
  '2130706433',
  '::1',
  '10.0.0.1',
  '8.8.8.8',
  '64:ff9b::7f00:1',
  '169.254.169.254',
  '0',
];
const ips = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.ipV4().map((ip) => `::ffff:${ip}`),
  fc.ipV4().map((ip) => `64:ff9b::${ip}`),
);

/** A list of opened addresses opens what it says and nothing else; what is no list is a RangeError. */
function readOpened(bytes) {
  let opened;
  try {
    opened = new AddressPolicy(textOf(bytes).split(','));
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  opened.permits('127.0.0.1', 80);
  opened.permits('::1', 80);
}

/** What an HTTP router answers; the first byte chooses how. */
async function readRouter(bytes) {
  const [kind = 0] = bytes;
  const type = kind & 1 ? 'application/x-ndjson' : 'application/json';
  const real = globalThis.fetch;
  globalThis.fetch = async () =>
    new Response(bytes.subarray(1), { status: kind & 2 ? 200 : 203, headers: { 'content-type': type } });
  try {
    const router = new HttpRouter('http://router.invalid/');
    for await (const peer of router.providers(cidOf(RAW, bytes), AbortSignal.timeout(5_000)))
      if (typeof peer.id !== 'string' || !Array.isArray(peer.addresses)) throw new Error('no peer');
  } finally {
    globalThis.fetch = real;
  }
}
const record = { Schema: 'peer', ID: PEER, Addrs: ['/ip4/8.8.8.8/tcp/1'], Protocols: ['transport-bitswap'] };
const ROUTERS = [
  `\u0003${JSON.stringify(record)}\n${JSON.stringify(record)}\n`,
  `\u0002${JSON.stringify({ Providers: [record, record] })}`,
];
/** A source that fails is none: the fetch goes on without it. */
const isFailureOfRouter = (error) =>
  error instanceof SyntaxError || error.name === 'ZodError' || error instanceof TypeError;

export const network = {
  multiaddr: target(
    async () => [...ADDRESSES.map(utf8), ...ADDRESSES.map((text) => multiaddr(text).bytes)],
    readMultiaddr,
    {
      weight: 2,
      sample: (random) => sampled(fc, addressParts, asAddress, random),
    },
  ),
  ip: target(async () => IPS.map(utf8), judgeIp, { sample: (random) => sampled(fc, ips, utf8, random) }),
  'opened-addresses': target(async () => ['127.0.0.1:4001,[::1]:1-2', '10.0.0.0/8'].map(utf8), readOpened),
  'http-router': target(async () => ROUTERS.map(utf8), readRouter, { isNamed: isFailureOfRouter }),
};
