import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { InvalidInput } from '../../platform/http/index.js';
import { DagStore, type DagIntake } from '../../storage/index.js';
import type { NewContent } from '../domain/content.js';
import { PathInvalid } from '../domain/content.errors.js';
import { DirectoryDag } from '../domain/directory-dag.js';
import { importProfiles, type ImportProfile, type ProfileName } from '../domain/file-dag.js';
import { FolderTree, type Folder, type FolderFile } from '../domain/folder-tree.js';
import {
  bounded,
  contentName,
  type FolderUpload,
  type Uploaded,
  type UploadBounds,
  type UploadedFile,
} from '../domain/upload.js';
import { parseFolderPath, parseUploadPath } from '../domain/upload-path.js';
import { AccountQuota } from './account-quota.js';
import { ContentRegistry } from './content-registry.js';
import { importFile } from './import-file.js';

/** What files that came together turned out to be. */
export interface UploadedFolder extends Uploaded {
  type: 'file' | 'directory';
  files: number;
}

/** The root of an upload, and what it is called where nobody says otherwise. */
interface Root {
  cid: FolderFile['cid'];
  type: 'file' | 'directory';
  name: string | undefined;
}

/** Files of one upload, on their way into one intake. */
interface Reception {
  intake: DagIntake<NewContent>;
  bounds: UploadBounds;
  /** Bytes of all files so far. */
  counted: { bytes: number };
  tree: FolderTree;
  /** The first file, while it is not known whether it comes alone. */
  first: (FolderFile & { path: string | undefined }) | null;
  profile: ProfileName | null;
}

/**
 * Files that come in together, in one pass: each becomes blocks as it comes, and at the end the folders above them do.
 * One content under one root, or nothing.
 */
@Injectable()
export class AddFolder {
  private readonly sizeLimit: number;
  /** Files and folders of one upload, at most (UPLOAD_ENTRIES_LIMIT). */
  readonly entriesLimit: number;

  constructor(
    private readonly dags: DagStore<NewContent>,
    private readonly contents: ContentRegistry,
    private readonly quota: AccountQuota,
    config: AppConfig,
  ) {
    this.sizeLimit = config.values.CONTENT_SIZE_LIMIT;
    this.entriesLimit = config.values.UPLOAD_ENTRIES_LIMIT;
  }

  /**
   * A single file whose name is no path is a file, as `AddFile` makes it. All else is a directory: where all paths
   * begin with one folder, that folder is the root, as `ipfs add -r folder` makes it; else, or where `wrap` is said, a
   * directory above them is.
   * @throws what `AddFile` throws, PathInvalid, PathConflict, TooManyEntries; InvalidInput when nothing came
   */
  async run(upload: FolderUpload): Promise<UploadedFolder> {
    const { userId } = upload;
    const left = await this.quota.left(userId);
    const reception: Reception = {
      intake: await this.dags.begin('pin'),
      bounds: { limit: this.sizeLimit, left },
      counted: { bytes: 0 },
      tree: new FolderTree(this.entriesLimit),
      first: null,
      profile: null,
    };
    const { intake, tree } = reception;
    try {
      for await (const file of upload.files) await this.receive(file, upload, reception);
      for (const path of upload.directories()) tree.addFolder(parseFolderPath(path));
      const profile = reception.profile ?? upload.profile();
      const { name, terms, ignoreDupes, wrap } = upload.options();
      const root = await rootOf(reception, importProfiles[profile], wrap ?? false);
      if (ignoreDupes) await this.contents.assertNew(userId, root.cid);
      const cid = root.cid.toString();
      const { contentId, dag } = await intake.commit(root.cid, {
        userId,
        cid,
        name: contentName(name ?? root.name, cid),
        type: root.type,
        profile,
        ...(terms ? { terms } : {}),
      });
      const files = root.type === 'file' ? 1 : tree.files;
      return { contentId, cid, root: dag.root, size: dag.size, type: root.type, files };
    } catch (error) {
      await intake.abort();
      throw error;
    }
  }

  /** Its place is judged before a byte of it is read. */
  private async receive(file: UploadedFile, upload: FolderUpload, reception: Reception): Promise<void> {
    const { intake, bounds, counted, tree } = reception;
    reception.profile ??= upload.profile();
    if (file.path?.endsWith('/')) {
      await assertEmpty(file);
      tree.addFolder(parseFolderPath(file.path));
      return;
    }
    const alone = tree.files === 0 && reception.first === null;
    // A path says that it is a folder's, whether or not more comes.
    const place = alone && !isPath(file.path) ? null : reserve(tree, file.path, reception);
    const bytes = bounded(file.bytes, bounds, counted);
    const { root, cumulative } = await importFile(bytes, false, importProfiles[reception.profile], intake);
    if (place === null) reception.first = { cid: root, cumulative, path: file.path };
    else tree.fill(place, { cid: root, cumulative });
  }
}

/** Whether a name says more than how its file is called. */
function isPath(name: string | undefined): boolean {
  return name !== undefined && (name.includes('/') || name === '.' || name === '..');
}

/** @throws PathInvalid for the path of a folder that has bytes */
async function assertEmpty({ path, bytes }: UploadedFile): Promise<void> {
  for await (const part of bytes)
    if (part.length > 0)
      throw new PathInvalid('a path that ends in a slash is a folder, and this one has bytes', {
        details: { path: (path ?? '').slice(0, 200).toWellFormed() },
      });
}

/** A place in the tree; the first file, which did not need one while it was alone, gets one before. */
function reserve(tree: FolderTree, path: string | undefined, reception: Reception): number {
  placeFirst(reception);
  if (path === undefined) throw new PathInvalid('of several files each needs a filename');
  return tree.reserve(parseUploadPath(path));
}

function placeFirst(reception: Reception): void {
  const { first, tree } = reception;
  if (!first) return;
  reception.first = null;
  if (first.path === undefined) throw new PathInvalid('of several files each needs a filename');
  tree.fill(tree.reserve(parseUploadPath(first.path)), first);
}

/** @throws InvalidInput when nothing came; PathInvalid, PathConflict, TooManyEntries */
async function rootOf(reception: Reception, profile: ImportProfile, wrap: boolean): Promise<Root> {
  const { first, tree, intake } = reception;
  if (first && tree.folders === 0 && !wrap) return { cid: first.cid, type: 'file', name: first.path };
  placeFirst(reception);
  if (tree.files + tree.folders === 0)
    throw new InvalidInput('data: a file is expected in this field', { details: { fields: ['data'] } });
  const dag = new DirectoryDag(tree, profile, (cid, bytes) => intake.put(cid, bytes));
  const [top, second] = [...tree.root];
  const only: [string, Folder | number] | undefined = second === undefined ? top : undefined;
  if (only && typeof only[1] !== 'number' && !wrap)
    return { cid: (await dag.write(only[1])).cid, type: 'directory', name: only[0] };
  return { cid: (await dag.write(tree.root)).cid, type: 'directory', name: undefined };
}
