/** JSON with the source text of numbers (V8 has it, TypeScript's library not yet): 64-bit integers survive. */
interface JSON {
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}
