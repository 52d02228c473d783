import { copyFile } from 'node:fs/promises';
import { Offers } from '../../retrieval/offers.js';
import { RetrievalStatus } from '../../retrieval/retrievals.js';
import { Stream } from '../json-rpc.js';
/** Offers, retrievals and export: the Client* methods of the Lotus API. CAR files and whole DAGs only. */ export function clientRetrievalMethods(net) {
    const { retrievals, roster, accounts, imports } = net;
    const offers = new Offers(roster, net.blocks);
    const retrieve = (order)=>{
        if (order.DataSelector) throw new Error('devnet: no DataSelector, whole DAGs only');
        const offer = offers.one(order.Miner, order.Root['/'], order.Piece?.['/']);
        if (offer.Err) throw new Error(offer.Err);
        const total = BigInt(order.Total ?? '0');
        if (total < BigInt(offer.MinPrice)) throw new Error(`retrieval deal rejected: the order pays ${total}, the miner asks ${offer.MinPrice}`);
        const wallet = order.Client || accounts.defaultAddress;
        return retrievals.start({
            root: order.Root['/'],
            piece: offer.Piece?.['/'] ?? null,
            miner: offer.Miner,
            wallet,
            total: String(total),
            unsealPrice: order.UnsealPrice ?? '0'
        });
    };
    const exportSource = (ref)=>{
        if (ref.FromLocalCAR) return ref.FromLocalCAR;
        const root = ref.Root['/'];
        const done = ref.DealID ? retrievals.get(ref.DealID) : retrievals.list().findLast((candidate)=>candidate.root === root && candidate.status === RetrievalStatus.Completed);
        if (done?.status === RetrievalStatus.Completed && done.root === root) return retrievals.carPath(done.id);
        const local = ref.DealID ? undefined : imports.find(root);
        if (!local) throw new Error(`no completed retrieval or import of ${root} to export from`);
        return local.path;
    };
    return {
        ClientFindData: (root, piece)=>offers.all(root['/'], piece?.['/']),
        ClientMinerQueryOffer: (miner, root, piece)=>offers.one(miner, root['/'], piece?.['/']),
        ClientRetrieve: (order)=>({
                DealID: retrieve(order).id
            }),
        ClientRetrieveWait: (id)=>retrievals.wait(id),
        ClientListRetrievals: ()=>retrievals.list().map((retrieval)=>retrievalInfo(net, retrieval)),
        ClientGetRetrievalUpdates: ()=>new Stream((send)=>retrievals.watch((retrieval)=>send(retrievalInfo(net, retrieval)))),
        ClientCancelRetrievalDeal: (id)=>retrievals.cancel(id),
        ClientExport: async (ref, target)=>{
            if (!target.IsCAR) throw new Error('devnet: exports CAR files only (IsCAR: true)');
            await copyFile(exportSource(ref), target.Path);
        }
    };
}
/** Lotus' `RetrievalInfo`. */ function retrievalInfo(net, retrieval) {
    const provider = net.roster.find(retrieval.miner)?.peerId ?? '';
    return {
        PayloadCID: {
            '/': retrieval.root
        },
        ID: retrieval.id,
        PieceCID: retrieval.piece ? {
            '/': retrieval.piece
        } : null,
        PricePerByte: '0',
        UnsealPrice: retrieval.unsealPrice,
        Status: retrieval.status,
        Message: retrieval.message,
        Provider: provider,
        BytesReceived: retrieval.bytes,
        BytesPaidFor: retrieval.bytes,
        TotalPaid: retrieval.paid,
        TransferChannelID: {
            Initiator: provider,
            Responder: net.nodePeerId,
            ID: retrieval.id
        },
        DataTransfer: null,
        Event: null
    };
}

//# sourceMappingURL=client-retrieval.methods.js.map
