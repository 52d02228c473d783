import { idOf } from '../../chain/addresses.js';
import type { Network } from '../../network.js';
import { Stream, type Methods } from '../json-rpc.js';

/** What `Version` answers with: that of the Lotus whose names and shapes are kept. */
export const VERSION = '1.27.0+devnet (simulated)';
/** As Lotus of that version says: 2.6.0 in three bytes. */
const API_VERSION = 0x020600;
const NETWORK_VERSION = 22;

/** The chain methods of the Lotus API v1 that clients use, with its names, shapes and error texts. */
export function chainMethods(net: Network): Methods {
  const { clock, tipsets, messages } = net;
  const lookup = (cid: string) => {
    const landed = messages.landed(cid);
    if (!landed) return null;
    return {
      Message: { '/': cid },
      Receipt: { ExitCode: 0, Return: landed.returned, GasUsed: 500_000, EventsRoot: null },
      ReturnDec: null,
      TipSet: tipsets.key(landed.height),
      Height: landed.height,
    };
  };
  return {
    Version: () => ({
      Version: VERSION,
      APIVersion: API_VERSION,
      BlockDelay: Math.max(1, Math.round(clock.epochMs / 1000)),
      Agent: 'lotus',
    }),
    ID: () => net.nodePeerId,
    StateNetworkName: () => net.name,
    StateNetworkVersion: () => NETWORK_VERSION,
    ChainHead: () => tipsets.head(),
    ChainGetGenesis: () => tipsets.at(0),
    ChainGetTipSetByHeight: (height: number) => {
      if (!Number.isInteger(height) || height < 0)
        throw new Error(`tipset height must be a whole number, not ${String(height)}`);
      if (height > clock.height) throw new Error('looking for tipset with height greater than start point');
      return tipsets.at(height);
    },
    ChainGetMessage: (cid: { '/': string }) => {
      const found = messages.find(cid['/']);
      if (!found) throw new Error(`failed to load message ${cid['/']}: ipld: could not find ${cid['/']}`);
      return found.message;
    },
    ChainNotify: () =>
      new Stream((send) => {
        send([{ Type: 'current', Val: tipsets.head() }]);
        return clock.subscribe((height) => send([{ Type: 'apply', Val: tipsets.at(height) }]));
      }),
    StateSearchMsg: (_from: unknown, cid: { '/': string }) => lookup(cid['/']),
    StateWaitMsg: (cid: { '/': string }, confidence = 0) =>
      waitFor(net, () => {
        const found = lookup(cid['/']);
        return found && found.Height + confidence <= clock.height ? found : null;
      }),
    ...stateMethods(net),
  };
}

/** Actors, addresses and what the network says of itself. */
function stateMethods(net: Network): Methods {
  return {
    StateLookupID: (address: string) => net.resolve(address).id,
    StateAccountKey: (address: string) => net.resolve(address).key,
    StateGetActor: (address: string) => net.actor(address),
    StateGetNetworkParams: () => ({
      NetworkName: net.name,
      BlockDelaySecs: Math.max(1, Math.round(net.clock.epochMs / 1000)),
      ConsensusMinerMinPower: '0',
      SupportedProofTypes: [9],
      PreCommitChallengeDelay: 10,
      ForkUpgradeParams: null,
      Eip155ChainID: net.chainId,
    }),
    WalletValidateAddress: (address: string) => {
      if (idOf(address.replace(/^f/, 't')) === undefined && !net.accounts.find(address))
        throw new Error(`invalid address: ${address}`);
      return address;
    },
  };
}

/** Resolves when the condition gives something, looked at with every epoch. */
function waitFor<T>(net: Network, condition: () => T | null): Promise<T> {
  return new Promise((resolve) => {
    const now = condition();
    if (now) return resolve(now);
    const stop = net.clock.subscribe(() => {
      const later = condition();
      if (!later) return;
      stop();
      resolve(later);
    });
  });
}
