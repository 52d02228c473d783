// A Lotus node for the bench of tracking, in a thread of its own: every deal is sealed, every proposal in transfer.
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { transfers, far } = workerData;
const epoch = () => Math.floor(Date.now() / 30_000);
const cid = (text) => ({ '/': text });
const methods = {
  ChainHead: () => ({ Height: epoch(), Blocks: [{ Timestamp: Math.floor(Date.now() / 1000) }] }),
  StateNetworkName: () => 'bench',
  StateMarketStorageDeal: (id) => ({
    Proposal: {
      PieceCID: cid('baga-bench'),
      PieceSize: 2048,
      VerifiedDeal: false,
      Client: 'f0100',
      Provider: `f0${1_000_000 + Number(id)}`,
      Label: '',
      StartEpoch: 1,
      EndEpoch: far,
      StoragePricePerEpoch: '0',
    },
    State: { SectorStartEpoch: 2, LastUpdatedEpoch: 2, SlashEpoch: -1 },
  }),
  ClientGetDealInfo: (proposal) => ({
    ProposalCid: proposal,
    State: 17,
    Message: '',
    Provider: 'f01000',
    Size: 2032,
    PricePerEpoch: '0',
    Duration: 1,
    DealID: 0,
    CreationTime: new Date(0).toISOString(),
    Verified: false,
    DataTransfer: {
      OtherPeer: 'p',
      IsInitiator: true,
      Transferred: Math.floor(Date.now() / 10) % 2 ** 31,
      Message: '',
    },
  }),
};
const answer = ({ id, method, params }) => {
  const call = methods[method.replace('Filecoin.', '')];
  return call
    ? { jsonrpc: '2.0', id, result: call(...(params ?? [])) }
    : { jsonrpc: '2.0', id, error: { code: -32601, message: `method '${method}' not found` } };
};
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const asked = JSON.parse(Buffer.concat(chunks).toString());
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)));
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage({ port: server.address().port, transfers }));
