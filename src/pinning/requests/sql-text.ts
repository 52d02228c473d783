export interface Query {
  text: string;
  /** From $1 on. */
  values: unknown[];
}

/** Takes a value in, and gives the place that stands for it in the text. */
export type Bind = (given: unknown) => string;
