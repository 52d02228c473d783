import { describe, expect, it } from '@jest/globals';
import { carId, minerId } from '../../shared/index.js';
import type { ProposalTerms, ProposedPiece } from '../ports/deal-maker.port.js';
import { describeDealMakerContract } from './deal-maker.contract.js';
import { describeDealMakerFaultsContract } from './deal-maker-faults.contract.js';
import { ScriptedDealMaker } from './scripted-deal-maker.js';

const terms: ProposalTerms = { price: 1_000_000_000n, verified: false, duration: 518_400, startEpoch: 20_000 };
let pieces = 0;
const piece = (): ProposedPiece => ({
  carId: carId(`car ${pieces}`),
  root: 'bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae',
  carBytes: 1000,
  pieceCid: `baga6ea4seaqpiece${pieces++}`,
  pieceSize: 1024n,
});

describeDealMakerContract('ScriptedDealMaker', async () => {
  const maker = new ScriptedDealMaker();
  const unreachableNode = new ScriptedDealMaker();
  unreachableNode.down = true;
  const miners = {
    good: minerId('t01000'),
    alsoGood: minerId('t01001'),
    refuses: minerId('t01002'),
    unreachable: minerId('t01003'),
    transferFails: minerId('t01004'),
  };
  maker
    .script(miners.refuses, 'rejects')
    .script(miners.unreachable, 'unreachable')
    .script(miners.transferFails, 'transfer-fails');
  return {
    maker,
    unreachableNode,
    miners,
    piece: async () => piece(),
    terms: async () => terms,
    pass: async () => maker.advance(),
  };
});

describeDealMakerFaultsContract('ScriptedDealMaker', async () => {
  const maker = new ScriptedDealMaker();
  return {
    maker: () => maker,
    script: async (fault) => void (maker.fault = fault),
    miner: minerId('t01000'),
    piece: async () => piece(),
    terms: async () => terms,
  };
});

describe('The scripted deal maker', () => {
  it('slashes on the chain, after the deal was active', async () => {
    const maker = new ScriptedDealMaker().script(minerId('t01000'), 'slashed');
    const { proposalCid } = await maker.propose(piece(), terms, minerId('t01000'));
    maker.advance(4);
    const status = await maker.status(proposalCid);
    expect(status?.phase).toBe('active');
    expect(maker.chain.deals.get(status?.chainDealId as bigint)?.slashEpoch).toBeNull();
    maker.advance();
    expect(maker.chain.deals.get(status?.chainDealId as bigint)?.slashEpoch).toBe(maker.chain.height);
  });

  it('never publishes for a miner that does not', async () => {
    const maker = new ScriptedDealMaker().script(minerId('t01000'), 'never-publishes');
    const { proposalCid } = await maker.propose(piece(), terms, minerId('t01000'));
    maker.advance(50);
    expect(await maker.status(proposalCid)).toMatchObject({
      phase: 'transferring',
      chainDealId: null,
      bytesSent: 1000,
    });
  });

  it('keeps a proposal whose answer was lost', async () => {
    const maker = new ScriptedDealMaker();
    maker.afterPropose = () => {
      throw new Error('crash');
    };
    const lost = piece();
    await expect(maker.propose(lost, terms, minerId('t01000'))).rejects.toThrow('crash');
    expect(await maker.find(lost, minerId('t01000'))).toHaveLength(1);
  });
});
