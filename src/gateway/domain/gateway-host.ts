import { base36 } from 'multiformats/bases/base36';
import type { CID } from 'multiformats/cid';
import { canonicalCid, parseCid } from '../../shared/index.js';

/** A label of a host name has at most so many characters (RFC 1035, 2.3.4). */
const LONGEST_LABEL = 63;

/**
 * The root that a host bears: `<cid>.ipfs.<gateway host>` (https://specs.ipfs.tech/http-gateways/subdomain-gateway/).
 * Null: it bears none, or no gateway host is set.
 * @param host - of the request, with its port
 * @param gatewayHost - GATEWAY_HOST
 */
export function rootInHost(host: string | undefined, gatewayHost: string | undefined): string | null {
  const suffix = `.ipfs.${gatewayHost ?? ''}`;
  const name = host?.toLowerCase() ?? '';
  if (gatewayHost === undefined || !name.endsWith(suffix)) return null;
  const label = name.slice(0, -suffix.length);
  return parseCid(label) ? label : null;
}

/**
 * The path by which the router knows what is asked for at a root's own host: everything there is below the root, so
 * that no route of the API is on the origin of somebody's page.
 */
export function pathOfHost(url: string, host: string | undefined, gatewayHost: string | undefined): string {
  const root = rootInHost(host, gatewayHost);
  return root === null ? url : `/ipfs/${root}${url.startsWith('/') ? url : `/${url}`}`;
}

/** The host at which a root is an origin of its own, or null: its CID is longer than a label may be. */
export function hostOfRoot(root: CID, gatewayHost: string): string | null {
  const v1 = parseCid(canonicalCid(root)) ?? root;
  const label = [v1.toString(), v1.toString(base36)].find((text) => text.length <= LONGEST_LABEL);
  return label === undefined ? null : `${label}.ipfs.${gatewayHost}`;
}

/** Whether a request came to the gateway host itself, where pages are sent on to the hosts of their roots. */
export function isGatewayHost(host: string | undefined, gatewayHost: string | undefined): boolean {
  return gatewayHost !== undefined && host?.toLowerCase() === gatewayHost;
}
