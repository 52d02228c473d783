import type { DroppedFile } from './dropped-files';

/** What goes to the platform in one piece: a file, or a folder with all that is in it. */
export interface UploadGroup {
  /** The file's name, or the folder's. */
  path: string;
  size: number;
  files: readonly DroppedFile[];
  isFolder: boolean;
}

/** Files whose paths begin with the same folder are one group; the others stand alone. In the order of their coming. */
export function groupUploads(files: readonly DroppedFile[]): UploadGroup[] {
  const groups = new Map<string, DroppedFile[]>();
  for (const [at, dropped] of files.entries()) {
    const folder = /^([^/]+)\//.exec(dropped.path)?.[1];
    const key = folder === undefined ? `file ${at}` : `folder ${folder}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [dropped]);
    else members.push(dropped);
  }
  return [...groups].map(([key, members]) => ({
    path: key.startsWith('folder ') ? key.slice('folder '.length) : (members[0]?.path ?? ''),
    size: members.reduce((sum, { file }) => sum + file.size, 0),
    files: members,
    isFolder: key.startsWith('folder '),
  }));
}
