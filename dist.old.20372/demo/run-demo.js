import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoFailure } from './api-client.js';
import { humanBytes } from './screen.js';
/** States of a deal that has not ended. */ const LIVE = new Set([
    'queued',
    'proposed',
    'accepted',
    'transferring',
    'published',
    'active',
    'expiring'
]);
/** Until the demo gives up waiting. */ const DEALS_TIMEOUT_MS = 600_000;
/**
 * The whole main job against a running platform: upload, deals, receipts, offload, retrieval from a miner,
 * measurements, bandwidth. Throws, with a sentence, at the first thing that is not as promised. Leaves the content
 * where it is; each run adds one.
 */ export async function runDemo(api, screen, file) {
    const network = await introduce(api, screen);
    const { cid, contentId, size, sha256 } = await upload(api, screen, file);
    const status = await waitForDeals(api, screen, contentId);
    await showReceipts(api, screen, status);
    await offload(api, screen, contentId);
    const miner = await retrieveFromMiner(api, screen, cid, {
        size,
        sha256
    });
    await showMeasurements(api, screen, status, miner);
    await showBandwidth(api, screen, contentId, size);
    screen.line('');
    screen.line(`All of it is true: ${status.replication} deals, offloaded, back from ${miner}, same bytes.${network}`);
}
/** Returns the words to end with: the platform's notice, where it has one. */ async function introduce(api, screen) {
    const info = await api.get('/public/info');
    screen.title('The platform');
    screen.line(`${api.baseUrl}  Filecoin network: ${info.network ?? 'unknown'}`);
    if (info.notice) screen.line(`Note: ${info.notice}`);
    return info.notice ? ` (${info.notice})` : '';
}
/** Returns what the later steps compare with: size in bytes and SHA-256 in hex of the file as it was read. */ async function upload(api, screen, file) {
    const size = statSync(file).size;
    screen.title(`Upload ${path.basename(file)} (${humanBytes(size)})`);
    const started = performance.now();
    const { answer, sha256 } = await api.upload(`/content/add?filename=${encodeURIComponent(path.basename(file))}`, file, (bytes)=>screen.progress(bytes, size));
    const seconds = (performance.now() - started) / 1000;
    screen.line(`durable after ${seconds.toFixed(2)} s (${humanBytes(size / seconds)}/s)`);
    screen.line(`CID      ${answer.cid}`);
    screen.line(`content  ${answer.estuaryId}   ${answer.retrieval_url}`);
    return {
        cid: answer.cid,
        contentId: String(answer.estuaryId),
        size,
        sha256
    };
}
/**
 * Looks twice a second and shows what changed. @throws DemoFailure when the deals are not all active in ten minutes.
 */ async function waitForDeals(api, screen, contentId) {
    screen.title('Pack, commit, and make deals with distinct miners');
    const deadline = performance.now() + DEALS_TIMEOUT_MS;
    for(;;){
        const status = await api.get(`/content/status/${contentId}`);
        screen.block(describeStatus(status));
        if (isReplicated(status)) return status;
        if (performance.now() > deadline) throw new DemoFailure('the deals were not all active in ten minutes');
        await sleep(500);
    }
}
/**
 * Whether each piece has its active deals. @throws DemoFailure for more live deals than wanted, and for two active ones
 * with one miner.
 */ function isReplicated(status) {
    const active = status.deals.filter(({ deal })=>deal.state === 'active');
    const wanted = status.replication * status.pieces.length;
    if (status.pieces.length === 0 || active.length < wanted) return false;
    const live = status.deals.filter(({ deal })=>LIVE.has(deal.state));
    if (live.length !== wanted) throw new DemoFailure(`${live.length} live deals where ${wanted} are wanted`);
    if (status.pieces.length === 1 && new Set(active.map(({ deal })=>deal.miner)).size !== wanted) throw new DemoFailure('two active deals with one miner');
    return true;
}
/** Lines for the screen: each piece, then each deal, the failed ones with phase and reason. */ function describeStatus(status) {
    if (status.pieces.length === 0) return [
        'waiting for the segment to be sealed ...'
    ];
    const pieces = status.pieces.map((piece)=>`piece ${piece.pieceCid ?? '(commP is being computed)'}  ` + `${piece.pieceSize ? humanBytes(Number(piece.pieceSize)) : ''}  ` + `${piece.state}${piece.lastError ? `  ${piece.lastError}` : ''}`);
    const deals = status.deals.map(({ deal })=>{
        const why = deal.failurePhase ? `${deal.failurePhase}: ${deal.failureReason ?? ''}` : '';
        const chainDeal = deal.dealId ? `chain deal ${deal.dealId}` : '';
        return `  deal ${String(deal.id).padStart(4)}  ${deal.miner.padEnd(8)}  ${deal.state.padEnd(12)}  ${chainDeal}${why}`;
    });
    return [
        ...pieces,
        ...deals
    ];
}
/** Both receipts of every active deal must be there: the signed proposal and the deal as the chain has it. */ async function showReceipts(api, screen, status) {
    screen.title('Receipts');
    for (const { deal } of status.deals.filter((row)=>row.deal.state === 'active')){
        if (!deal.propCid || !deal.dealId) throw new DemoFailure(`deal ${deal.id} has no receipt`);
        await api.get(`/deals/proposal/${deal.propCid}`);
        await api.get(`/deals/info/${deal.dealId}`);
        screen.line(`${deal.miner.padEnd(8)}  proposal ${deal.propCid}  chain deal ${deal.dealId}`);
    }
}
/** By the admin's route; fails when the content is not offloaded afterwards. */ async function offload(api, screen, contentId) {
    screen.title('Offload: only the miners have it now');
    const answer = await api.post(`/admin/cm/offload/${contentId}`);
    const content = await api.get(`/content/${contentId}`);
    if (content.state !== 'offloaded') throw new DemoFailure(`the content is ${content.state}, not offloaded`);
    screen.line(`${humanBytes(answer.freedBytes ?? 0)} freed; the content is offloaded`);
}
/**
 * Returns the miner's address. The gateway answers while blocks arrive, so the retrieval's own record may follow the
 * last byte.
 */ async function retrieveFromMiner(api, screen, cid, expected) {
    screen.title('Ask the gateway for it: back from a miner, every block verified');
    const answer = await api.download(`/ipfs/${cid}`, (bytes)=>screen.progress(bytes, expected.size));
    if (answer.bytes !== expected.size || answer.sha256 !== expected.sha256) throw new DemoFailure('what came back is not what went in');
    screen.line(`${humanBytes(answer.bytes)}, first byte after ${(answer.firstByteMs / 1000).toFixed(2)} s, ` + `all after ${(answer.ms / 1000).toFixed(2)} s, SHA-256 equal`);
    const retrieval = await finishedRetrieval(api, cid);
    for (const { miner, reason } of retrieval.reasons)screen.line(`tried ${miner ?? '-'}: ${reason}`);
    screen.line(`from miner ${retrieval.miner} by ${retrieval.source}: ${humanBytes(retrieval.bytes)} ` + `in ${retrieval.durationMs} ms, first byte after ${retrieval.firstByteMs} ms`);
    return retrieval.miner;
}
/** @throws DemoFailure when it failed, or is not on record 30 s after the last byte. */ async function finishedRetrieval(api, cid) {
    for(let tries = 0; tries < 60; tries += 1){
        const latest = await api.get(`/retrieval/status/${cid}`);
        if (latest.state === 'stored' && latest.miner !== null) return latest;
        if (latest.state === 'failed') throw new DemoFailure(`the retrieval failed: ${JSON.stringify(latest.reasons)}`);
        await sleep(500);
    }
    throw new DemoFailure('the retrieval did not end in 30 s');
}
/** A table of the miners of this content's active deals. */ async function showMeasurements(api, screen, status, retrievedFrom) {
    screen.title('What was measured of these miners');
    const miners = [
        ...new Set(status.deals.filter(({ deal })=>deal.state === 'active').map(({ deal })=>deal.miner))
    ];
    const stats = await measured(api, miners, retrievedFrom);
    screen.line('miner     deals  accept ms  transfer/s   publish ms  seal ms  first byte ms  retrieval/s');
    for (const { miner, dealCount, figures } of stats){
        const speed = (value)=>value === null ? '-' : humanBytes(value);
        const ms = (value)=>String(value ?? '-');
        screen.line([
            miner.padEnd(8),
            String(dealCount).padStart(5),
            ms(figures.acceptMs).padStart(9),
            speed(figures.transferBytesPerSecond).padStart(11),
            ms(figures.publishMs).padStart(11),
            ms(figures.sealMs).padStart(8),
            ms(figures.retrievalFirstByteMs).padStart(13),
            speed(figures.retrievalBytesPerSecond).padStart(12)
        ].join('  '));
    }
}
/** Measurements follow their events by moments, so it asks for up to 20 s. */ async function measured(api, miners, retrievedFrom) {
    for(let tries = 0; tries < 40; tries += 1){
        const stats = await Promise.all(miners.map((miner)=>api.get(`/public/miners/stats/${miner}`)));
        const complete = stats.every((row)=>row.figures.sealMs !== null && (row.miner !== retrievedFrom || row.figures.retrievals > 0));
        if (complete) return stats;
        await sleep(500);
    }
    throw new DemoFailure('not every miner has its measurements after 20 s');
}
/** Egress is written down once a second, so it may follow the download by moments. */ async function showBandwidth(api, screen, contentId, size) {
    screen.title('Bandwidth');
    for(let tries = 0; tries < 20; tries += 1){
        const usage = await api.get(`/content/bw-usage/${contentId}`);
        if (usage.totalOut >= size) {
            screen.line(`${humanBytes(usage.totalOut)} of this content left through the gateway`);
            return await showTotals(api, screen);
        }
        await sleep(500);
    }
    throw new DemoFailure('the bytes that left are not on record');
}
/** Bytes of the whole platform in this hour, by channel and direction. */ async function showTotals(api, screen) {
    const rows = await api.get('/public/metrics/bandwidth?hours=1');
    for (const row of rows)screen.line(`this hour  ${row.channel.padEnd(10)} ${row.direction.padEnd(3)} ${humanBytes(row.bytes).padStart(12)}  ${row.requests} times`);
}

//# sourceMappingURL=run-demo.js.map
