/** The process must not start as things are. The message is one sentence that says what to do; shown without a stack. */
export class StartRefused extends Error {}
