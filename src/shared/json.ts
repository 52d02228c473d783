/** What survives JSON unchanged: no Date, no bigint, no undefined inside arrays. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
