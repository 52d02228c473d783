/**
 * What the start found out. `url` without a slash at its end; `keyFile` is the path of a file, the key itself is never
 * printed.
 */
export interface BannerFacts {
  url: string;
  /** Opens the page with the admin logged in: once, within 15 minutes. Null: there is none. */
  loginUrl: string | null;
  dataDir: string;
  keyFile: string;
  devnet: boolean;
  /** From the launcher's start until GET /ready answered 200. */
  tookMs: number;
}

/** What somebody who has just started the platform needs to know. */
export function banner({ url, loginUrl, dataDir, keyFile, devnet, tookMs }: BannerFacts): string {
  const rows = [
    ['API', url],
    ['documentation', `${url}/docs`],
    ['gateway', `${url}/ipfs/<cid>`],
    ['statistics', `${url}/public/stats`],
    ['metrics', `${url}/metrics`],
    ['admin API key', keyFile],
    ['data and logs', dataDir],
  ];
  return [
    '',
    `Tidewater is ready (${(tookMs / 1_000).toFixed(1)} s).`,
    '',
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(15)}${value}`),
    '',
    ...(loginUrl === null ? [] : [`  Open the page, logged in (once, within 15 minutes):  ${loginUrl}`, '']),
    ...(devnet ? ['  devnet: a simulated Filecoin network; its deals and numbers are not real', ''] : []),
    '  The whole main job, live:  npm run demo -- path/to/any/file',
    '  Stop with Ctrl-C.',
    '',
  ].join('\n');
}
