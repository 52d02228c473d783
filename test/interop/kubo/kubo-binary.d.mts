export const KUBO_VERSION: string;
export function kuboBinary(): { path: string; version: string; why?: undefined } | { why: string };
