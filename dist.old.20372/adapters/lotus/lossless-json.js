const LONG_INTEGER = /[:[,]\s*-?\d{16,}/;
/** JSON.parse, but integers that a JS number cannot hold (transfer ids are nanoseconds since 1970) come as bigint. */ export function parseJson(text) {
    if (!LONG_INTEGER.test(text)) return JSON.parse(text);
    return JSON.parse(text, (_key, value, context)=>{
        const isLong = typeof value === 'number' && !Number.isSafeInteger(value) && context.source !== undefined && /^-?\d+$/.test(context.source);
        return isLong ? BigInt(context.source) : value;
    });
}
/** JSON.stringify that writes a bigint as the number it is. */ export function writeJson(value) {
    return JSON.stringify(value, (_key, part)=>typeof part === 'bigint' ? JSON.rawJSON(String(part)) : part);
}

//# sourceMappingURL=lossless-json.js.map
