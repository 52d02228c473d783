import { CID } from 'multiformats/cid';
import { carHeader, carSectionPrefix } from '../storage/car-sections.js';
import { BlockMissing, MinerBlocks, walkDag } from './dag-walk.js';
import { corrupt } from '../miners/characters.js';
const CAR_TYPE = 'application/vnd.ipld.car';
const RAW_TYPE = 'application/vnd.ipld.raw';
const FOREVER = 'public, max-age=29030400, immutable';
/**
 * `GET /ipfs/{cid}` of the trustless gateway (https://specs.ipfs.tech/http-gateways/trustless-gateway/): one block, or
 * a CAR in depth-first order without duplicates. Whole CIDs only. 404 when the miner lacks the first block; a block
 * that is missing later breaks the connection.
 */ export async function serveIpfs(context, url, request, reply) {
    const [text, ...path] = url.pathname.slice('/ipfs/'.length).split('/').filter(Boolean);
    const cid = parse(text);
    if (!cid) return reply.error(400, 'invalid-cid', `'${text ?? ''}' is not a CID`);
    if (path.length > 0) return reply.error(501, 'no-paths', 'this miner serves whole CIDs only, no paths below them');
    const format = formatOf(url, request);
    const scope = scopeOf(url);
    if (!format) return reply.error(406, 'not-acceptable', `ask for format=car or format=raw (${CAR_TYPE}, ${RAW_TYPE})`);
    if (!scope) return reply.error(400, 'invalid-scope', 'dag-scope must be block, entity or all');
    const blocks = new MinerBlocks(context.blocks, context.miner.address);
    try {
        const root = await blocks.get(cid);
        const etag = format === 'raw' ? `"${cid.toString()}.raw"` : `W/"${cid.toString()}.car.${scope}"`;
        const common = {
            Etag: etag,
            'Cache-Control': FOREVER,
            'X-Ipfs-Path': `/ipfs/${cid.toString()}`,
            'X-Ipfs-Roots': cid.toString(),
            Vary: 'Accept'
        };
        if (request.headers['if-none-match']?.includes(etag)) {
            reply.head(304, common);
            return reply.end();
        }
        if (format === 'raw') {
            reply.head(200, {
                ...common,
                'Content-Type': RAW_TYPE,
                'Content-Length': root.length,
                'Content-Disposition': `attachment; filename="${cid.toString()}.bin"`
            });
            return reply.isHead ? reply.end() : await reply.stream(once(context.lies ? corrupt(root) : root));
        }
        reply.head(200, {
            ...common,
            'Content-Type': `${CAR_TYPE}; version=1; order=dfs; dups=n`,
            'Content-Disposition': `attachment; filename="${cid.toString()}.car"`,
            'Accept-Ranges': 'none'
        });
        return reply.isHead ? reply.end() : await reply.stream(car(blocks, cid, scope, context.lies));
    } catch (error) {
        if (error instanceof BlockMissing) return reply.error(404, 'not-held', error.message);
        throw error;
    } finally{
        await blocks.close();
    }
}
/** CARv1; a miner that lies corrupts the leaves, so that the DAG can still be walked. */ async function* car(blocks, root, scope, lies) {
    yield carHeader(root);
    for await (const { cid, bytes, isLeaf } of walkDag(blocks, root, scope)){
        yield carSectionPrefix(cid, bytes.length);
        yield lies && isLeaf ? corrupt(bytes) : bytes;
    }
}
async function* once(bytes) {
    yield bytes;
}
/** Undefined for what is no CID. */ export function parse(text) {
    try {
        return text ? CID.parse(text) : undefined;
    } catch  {
        return undefined;
    }
}
/** The query comes before the Accept header, as the specification says. */ function formatOf(url, request) {
    const asked = url.searchParams.get('format');
    if (asked) return asked === 'car' || asked === 'raw' ? asked : undefined;
    const accept = request.headers.accept ?? '';
    if (accept.includes(RAW_TYPE)) return 'raw';
    return accept.includes(CAR_TYPE) ? 'car' : undefined;
}
function scopeOf(url) {
    const scope = url.searchParams.get('dag-scope') ?? 'all';
    return scope === 'all' || scope === 'entity' || scope === 'block' ? scope : undefined;
}

//# sourceMappingURL=ipfs-route.js.map
