/** Where a person finds a key. */
export abstract class KeyFile {
  /** The token inside, or null when there is no file. */
  abstract read(): Promise<string | null>;
  /** Durable and whole, or not at all; readable by its owner alone. */
  abstract write(token: string): Promise<void>;
}
