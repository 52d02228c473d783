/** How a file becomes a DAG. Two importers that agree on a profile give the same CID. */
export interface ImportProfile {
  readonly name: ProfileName;
  readonly chunkBytes: number;
  /** Links per node. */
  readonly width: number;
  /** Leaves are raw blocks and CIDs version 1; else leaves are dag-pb and CIDs version 0. */
  readonly rawLeaves: boolean;
}

export const profileNames = ['unixfs-v1-2025', 'unixfs-v0-2015'] as const;
export type ProfileName = (typeof profileNames)[number];

/** IPIP-499's profiles: https://specs.ipfs.tech/ipips/ipip-0499/ */
export const importProfiles: Readonly<Record<ProfileName, ImportProfile>> = {
  'unixfs-v1-2025': { name: 'unixfs-v1-2025', chunkBytes: 1024 * 1024, width: 1024, rawLeaves: true },
  'unixfs-v0-2015': { name: 'unixfs-v0-2015', chunkBytes: 256 * 1024, width: 174, rawLeaves: false },
};
