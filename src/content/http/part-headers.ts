import type { BusboyInstance } from '@fastify/busboy';

/** The most headers of a part, and their bytes with names, values and line ends. */
const MOST_PAIRS = 100;
const MOST_BYTES = 16 * 1024;

/** What the parser keeps of them: of pairs one more than is allowed, which tells "too many" from "all of them". */
export const PARSED_HEADERS = { headerPairs: MOST_PAIRS + 1, headerSize: MOST_BYTES + 1 };

/** The part of the parser that reads the headers of a part; it is not among its types. */
interface HeaderParser {
  /** Where the headers end in `data`; undefined while they go on. Announces field or file when they end. */
  push(data: Buffer): number | undefined;
  /** A delimiter ended the part, also in the middle of its headers. */
  reset(): void;
  prependListener(event: 'header', listener: (header: Record<string, string[]>) => void): void;
}

/**
 * Refuses a part with too many or too long headers. The parser itself drops without a word what is above its limits and
 * reads on with the rest: a field, or the file, would be lost, or stored under half of its name.
 *
 * @param parser made with the limits PARSED_HEADERS; nothing was written to it
 * @param refuse called with what there is too much of, in the same turn in which the parser announces field or file
 */
export function limitPartHeaders(parser: BusboyInstance, refuse: (limit: string) => void): void {
  const headers = headerParserOf(parser);
  if (headers === null) return;
  const push = headers.push.bind(headers);
  const reset = headers.reset.bind(headers);
  let bytes = 0;
  headers.push = (data) => {
    const end = push(data);
    bytes += end ?? data.length;
    if (bytes > MOST_BYTES) refuse(`${MOST_BYTES} bytes of headers in a part`);
    if (end !== undefined) bytes = 0;
    return end;
  };
  headers.reset = () => {
    bytes = 0;
    reset();
  };
  headers.prependListener('header', (header) => {
    const pairs = Object.values(header).reduce((sum, values) => sum + values.length, 0);
    if (pairs > MOST_PAIRS) refuse(`${MOST_PAIRS} headers in a part`);
  });
}

/** Null: what comes is no form in parts. @throws Error when the parser is built otherwise: nothing would be counted */
function headerParserOf(parser: BusboyInstance): HeaderParser | null {
  const { _parser: body } = parser as unknown as { _parser?: { parser?: { _hparser?: HeaderParser } } };
  if (body && !('parser' in body)) return null;
  const headers = body?.parser?._hparser;
  if (typeof headers?.push !== 'function' || typeof headers.reset !== 'function')
    throw new Error('the parser of forms has no parser of headers where it is expected');
  return headers;
}
