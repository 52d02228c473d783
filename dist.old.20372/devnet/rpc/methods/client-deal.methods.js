import { stat } from 'node:fs/promises';
import { dealInfo } from '../../market/deal-view.js';
import { stateName } from '../../market/deal-states.js';
import { storageAsk } from '../../miners/miner-view.js';
import { padPiece, unpadded } from '../../storage/piece-cid.js';
import { InvalidParams, Stream } from '../json-rpc.js';
/** No piece that miners here take is smaller. */ const SMALLEST_PIECE = 256;
/** Imports, asks, commP and deals: the Client* methods of the Lotus API. Sizes are padded or unpadded as in Lotus. */ export function clientDealMethods(net) {
    const { imports, carStore, roster, clock } = net;
    const importOf = (root)=>{
        const found = imports.find(root);
        if (!found) throw new Error(`no local import with root ${root}`);
        return found;
    };
    return {
        ClientImport: async (ref)=>{
            if (!ref?.Path) throw new InvalidParams('ClientImport needs a Path');
            if (!ref.IsCAR) throw new Error('devnet: only CAR files can be imported (IsCAR: true)');
            const added = await imports.add(ref.Path);
            return {
                Root: {
                    '/': added.root
                },
                ImportID: added.id
            };
        },
        ClientListImports: ()=>imports.list().map(({ id, path, root })=>({
                    Key: id,
                    Err: '',
                    Root: {
                        '/': root
                    },
                    Source: 'import',
                    FilePath: path,
                    CARPath: path
                })),
        ClientRemoveImport: (id)=>imports.remove(id),
        ClientHasLocal: (root)=>imports.find(root['/']) !== undefined,
        ClientQueryAsk: (_peer, address)=>{
            const miner = roster.find(address);
            if (!miner) throw new Error(`failed to load miner actor: actor ${address} not found: actor not found`);
            if (roster.character(miner) === 'down') throw new Error(`failed to open stream to miner: failed to dial ${miner.peerId}: all dials failed`);
            return storageAsk(miner, clock);
        },
        ClientCalcCommP: async (path)=>{
            const piece = await carStore.measure(path);
            return {
                Root: {
                    '/': piece.pieceCid
                },
                Size: unpadded(piece.pieceSize)
            };
        },
        ClientDealPieceCID: async (root)=>{
            const { path } = importOf(root['/']);
            const measured = await carStore.measure(path);
            const piece = padPiece(measured, Math.max(SMALLEST_PIECE, measured.pieceSize));
            return {
                PayloadSize: measured.size,
                PieceSize: piece.pieceSize,
                PieceCID: {
                    '/': piece.pieceCid
                }
            };
        },
        ClientDealSize: async (root)=>{
            const { size } = await stat(importOf(root['/']).path);
            const pieceSize = 2 ** Math.ceil(Math.log2(Math.max(size / 127 * 128, SMALLEST_PIECE)));
            return {
                PayloadSize: size,
                PieceSize: pieceSize
            };
        },
        ...dealMethods(net)
    };
}
/** Deals once they were proposed. */ function dealMethods(net) {
    const { deals } = net;
    const view = (deal)=>dealInfo(deal, net.dealView);
    return {
        ClientStartDeal: async (params)=>({
                '/': await net.startDeal.run(params)
            }),
        ClientGetDealInfo: (cid)=>{
            const deal = deals.byProposal(cid['/']);
            if (!deal) throw new Error(`deal ${cid['/']} not found`);
            return view(deal);
        },
        ClientGetDealStatus: (state)=>{
            const name = stateName(state);
            if (name === 'StorageDealUnknown' && state !== 0) throw new Error(`no such deal state ${String(state)}`);
            return name;
        },
        ClientCancelDataTransfer: (transferId)=>net.cancelTransfer(transferId),
        ClientListDeals: ()=>deals.all().map(view),
        ClientGetDealUpdates: ()=>new Stream((send)=>deals.watch((deal)=>send(view(deal))))
    };
}

//# sourceMappingURL=client-deal.methods.js.map
