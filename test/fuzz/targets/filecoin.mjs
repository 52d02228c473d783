import { createServer } from 'node:http';
import fc from 'fast-check';
import { LotusAskSource } from '../../../dist/adapters/lotus/lotus-ask-source.js';
import { LotusChainSource } from '../../../dist/adapters/lotus/lotus-chain-source.js';
import { LotusClient } from '../../../dist/adapters/lotus/lotus-client.js';
import { LotusDealMaker } from '../../../dist/adapters/lotus/lotus-deal-maker.js';
import { HttpMinerFetcher } from '../../../dist/adapters/provider-http/http-miner-fetcher.js';
import { AddressPolicy } from '../../../dist/platform/net/index.js';
import { readCar, readStretch } from '../../../dist/retrieval/domain/car-stream.js';
import { SystemClock } from '../../../dist/shared/index.js';
import { carOf, carV2Of, cidOf, RAW, sampleDags } from '../corpus.mjs';
import { inPieces, isDomainError, readAll, sampled, target, textOf, utf8 } from './named.mjs';

const CID = cidOf(RAW, utf8('piece')).toString();
const link = { '/': CID };
const dealInfo = {
  ...{ ProposalCid: link, State: 7, Message: '', DealStages: { Stages: [{ Name: 'x', Logs: [{ Log: 'y' }] }] } },
  ...{ Provider: 'f01000', DataRef: { Root: link, PieceCid: link }, PieceCID: link, Size: 1016, PricePerEpoch: '1' },
  ...{ Duration: 518400, DealID: 7, CreationTime: '2026-01-01T00:00:00Z', Verified: false },
  TransferChannelID: { Initiator: 'a', Responder: 'b', ID: 1700000000000000000 },
  DataTransfer: { OtherPeer: 'p', IsInitiator: true, Transferred: 5, Message: '' },
};
/** What Lotus answers to each method when all is well. */
const ANSWERS = {
  ChainHead: { Height: 100, Blocks: [{ Timestamp: 1_700_000_000 }] },
  ChainGetGenesis: { Height: 0, Blocks: [{ Timestamp: 1_600_000_000 }] },
  StateNetworkName: 'mainnet',
  Version: { Version: '1.27.0', BlockDelay: 30 },
  WalletDefaultAddress: 'f1abc',
  WalletBalance: '1000000',
  StateMarketBalance: { Escrow: '5', Locked: '1' },
  StateVerifiedClientStatus: '1000',
  StateListMiners: ['f01000', 'f01001'],
  StateMinerInfo: { Owner: 'f0100', Worker: 'f0101', PeerId: '12D3', Multiaddrs: ['BAgICAgGD6E='] },
  StateMarketStorageDeal: {
    Proposal: {
      ...{ PieceCID: link, PieceSize: 1024, VerifiedDeal: false, Client: 'f099', Provider: 'f01000', Label: 'l' },
      ...{ StartEpoch: 1, EndEpoch: 9, StoragePricePerEpoch: '3' },
    },
    State: { SectorStartEpoch: -1, LastUpdatedEpoch: -1, SlashEpoch: -1 },
  },
  ClientQueryAsk: { Response: { Price: '1', VerifiedPrice: '0', MinPieceSize: 256, MaxPieceSize: 34359738368 } },
  ClientListDeals: [dealInfo],
  ClientGetDealInfo: dealInfo,
  ClientCancelDataTransfer: null,
};
const METHODS = Object.keys(ANSWERS);

/** What is asked of a chain, and the methods that it takes. */
const WALLET = ['WalletDefaultAddress', 'WalletBalance', 'StateMarketBalance', 'StateVerifiedClientStatus'];
const VERBS = [
  [['ChainHead', 'StateNetworkName'], ({ chain }) => chain.head()],
  [['ChainGetGenesis', 'Version'], ({ chain }) => chain.timing()],
  [['StateMarketStorageDeal'], ({ chain }) => chain.marketDeal(7n)],
  [['StateListMiners'], ({ chain }) => chain.listMiners()],
  [['StateMinerInfo'], ({ chain }) => chain.miner('f01000')],
  [WALLET, ({ chain }) => chain.wallet()],
  [['StateMinerInfo', 'ClientQueryAsk'], ({ asks }) => asks.ask('f01000')],
  [['ClientGetDealInfo'], ({ deals }) => deals.status(CID)],
  [['ClientListDeals'], ({ deals }) => deals.find({ pieceCid: CID, root: CID }, 'f01000')],
  [['ClientGetDealInfo', 'ClientCancelDataTransfer'], ({ deals }) => deals.cancel(CID)],
];

/** All that takes one method, with the input as the node's answer to one method (by its first byte). */
async function askLotus(bytes) {
  const [first = 0] = bytes;
  const spoilt = METHODS[(first >> 1) % METHODS.length];
  const body = bytes.subarray(1);
  const whole = (first & 1) === 1;
  const real = globalThis.fetch;
  globalThis.fetch = async (_url, { body: question }) => {
    const { method } = JSON.parse(question);
    const name = method.replace(/^Filecoin\./, '');
    const wrap = (result) => `{"jsonrpc":"2.0","id":1,"result":${result}}`;
    if (name !== spoilt) return new Response(wrap(JSON.stringify(ANSWERS[name] ?? null)));
    return new Response(whole ? body : wrap(textOf(body)), { status: whole && body[0] === 0x21 ? 500 : 200 });
  };
  const client = new LotusClient({
    url: 'http://lotus.invalid',
    token: '',
    timeoutMs: 5_000,
    clock: new SystemClock(),
  });
  const sources = {
    chain: new LotusChainSource(client),
    asks: new LotusAskSource(client),
    deals: new LotusDealMaker(client),
  };
  try {
    for (const [methods, ask] of VERBS) {
      if (!methods.includes(spoilt)) continue;
      await ask(sources).catch((error) => {
        if (!isDomainError(error)) throw error;
      });
    }
  } finally {
    globalThis.fetch = real;
  }
}

const lotusAnswers = async () =>
  METHODS.flatMap((name, index) =>
    [JSON.stringify(ANSWERS[name]), JSON.stringify({ jsonrpc: '2.0', id: 1, result: ANSWERS[name] })].map(
      (text, whole) => utf8(`${String.fromCharCode((index << 1) | whole)}${text}`),
    ),
  );
/** The usual answers with single values exchanged. */
const values = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.bigInt().map(String),
  fc.constantFrom(1.5, -1, 2 ** 64, '1.5', 'f0', null),
);
const oddAnswers = fc.tuple(fc.nat(METHODS.length - 1), fc.nat(40), values).map(([method, place, value]) => {
  let seen = 0;
  const text = JSON.stringify(ANSWERS[METHODS[method]], (key, old) => (key !== '' && seen++ === place ? value : old));
  return utf8(`${String.fromCharCode(method << 1)}${text}`);
});

/** A miner's stream, framing alone; the blocks are verified by who reads. */
async function readStream(bytes) {
  const [first = 0] = bytes;
  await readAll((first & 1 ? readStretch : readCar)(inPieces(bytes.subarray(1))));
}
const streams = async () =>
  (await sampleDags()).flatMap(({ root, blocks }) => {
    const car = carOf([root], blocks);
    return [car, carV2Of(car)].flatMap((whole) => [join0(0, whole), join0(1, whole)]);
  });
const join0 = (first, rest) => Uint8Array.from([first, ...rest]);

/** A miner over a real socket that answers whatever the input says: status, headers, body, and how it ends. */
const server = createServer();
let current = new Uint8Array();
server.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', () => socket.end(current));
});
let fetcher;
let base = '';
async function openMiner() {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  base = `http://127.0.0.1:${port}`;
  fetcher = new HttpMinerFetcher({ policy: new AddressPolicy([`127.0.0.1:${port}`]) });
}
async function closeMiner() {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
async function askMiner(bytes) {
  const [first = 0] = bytes;
  current = bytes.subarray(1);
  const limits = { signal: AbortSignal.timeout(10_000), idleMs: 2_000 };
  const body =
    first & 1 ? fetcher.piece(base, 'baga', { offset: 3, length: 40 }, limits) : fetcher.car(base, CID, limits);
  await readAll(body);
}
const http = (head, body = '') => `HTTP/1.1 ${head}\r\nconnection: close\r\n\r\n${body}`;
const minerAnswers = async () =>
  [
    `\u0000${http('200 OK\r\ncontent-length: 20', 'x'.repeat(20))}`,
    `\u0000${http('200 OK\r\ntransfer-encoding: chunked', '5\r\nhello\r\n0\r\n\r\n')}`,
    `\u0001${http('206 Partial Content\r\ncontent-range: bytes 3-42/100\r\ncontent-length: 40', 'y'.repeat(40))}`,
    `\u0001${http('200 OK\r\ncontent-length: 80', 'z'.repeat(80))}`,
    `\u0000${http('302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0')}`,
    `\u0000${http('404 Not Found\r\ncontent-length: 18', 'none are unsealed!')}`,
    `\u0001${http('500 Error', 'e'.repeat(5000))}`,
  ].map(utf8);

export const filecoin = {
  lotus: target(lotusAnswers, askLotus, {
    weight: 3,
    sample: (random) => sampled(fc, oddAnswers, (bytes) => bytes, random),
  }),
  'miner-stream': target(streams, readStream, { isNamed: isDomainError, weight: 2 }),
  'miner-http': target(minerAnswers, askMiner, {
    isNamed: isDomainError,
    weight: 1,
    open: openMiner,
    close: closeMiner,
  }),
};
