/** One entry of the side bar; `key` goes there after `g`. */
export interface Place {
  path: string;
  label: string;
  key: string;
  /** Opened by the browser: no page of ours. */
  outside?: boolean;
}

export const publicPlaces: readonly Place[] = [
  { path: '/verify', label: 'Verify a CID', key: 'v' },
  { path: '/network/miners', label: 'Miners', key: 'm' },
  { path: '/network', label: 'Network', key: 'n' },
  { path: '/status', label: 'Status', key: 's' },
  { path: '/docs', label: 'API', key: 'a', outside: true },
];

export const userPlaces: readonly Place[] = [
  { path: '/app/files', label: 'Files', key: 'f' },
  { path: '/app/upload', label: 'Upload', key: 'u' },
  { path: '/app/pins', label: 'Pins', key: 'p' },
  { path: '/app/deals', label: 'Deals', key: 'd' },
  { path: '/app/usage', label: 'Usage', key: 'e' },
  { path: '/app/keys', label: 'Keys', key: 'k' },
];

export const adminPlaces: readonly Place[] = [
  { path: '/app/admin', label: 'Overview', key: 'o' },
  { path: '/app/admin/miners', label: 'Manage miners', key: 'i' },
  { path: '/app/admin/deals', label: 'Deal making', key: 'l' },
  { path: '/app/admin/retrievals', label: 'Retrievals', key: 'r' },
  { path: '/app/admin/users', label: 'Users', key: 'y' },
  { path: '/app/admin/storage', label: 'Storage', key: 't' },
  { path: '/app/admin/announcements', label: 'Announcements', key: 'c' },
];

/** The place that a path belongs to: the longest that it begins with. */
export function placeOf(path: string, places: readonly Place[]): Place | undefined {
  return places
    .filter((place) => path === place.path || path.startsWith(`${place.path}/`))
    .sort((one, other) => other.path.length - one.path.length)[0];
}
