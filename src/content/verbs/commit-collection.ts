import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { DAG_PB, linkedBytes } from '../../ipld/index.js';
import { parseCid, type ContentId } from '../../shared/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { collectionPath, type Collection } from '../domain/collection.js';
import type { Content, NewContent } from '../domain/content.js';
import { ContentOffloaded } from '../domain/content.errors.js';
import { DirectoryDag } from '../domain/directory-dag.js';
import { importProfiles } from '../domain/file-dag.js';
import { FolderTree, type FolderFile } from '../domain/folder-tree.js';
import { contentName } from '../domain/upload.js';
import { CollectionStore } from '../store/collection.store.js';
import { Collections } from './collections.js';
import { ContentRegistry } from './content-registry.js';

const PAGE = 1_000;
/** Sizes are claims of strangers' nodes; sums of them stay numbers. */
const MOST_BYTES = 2 ** 40;
const PROFILE = 'unixfs-v1-2025';

/**
 * A collection becomes a UnixFS directory: its folders are blocks of a content of their own, and link to the contents,
 * whose blocks are not stored again. The same contents at the same paths give the same CID.
 */
@Injectable()
export class CommitCollection {
  private readonly limit: number;

  constructor(
    private readonly collections: Collections,
    private readonly store: CollectionStore,
    private readonly contents: ContentRegistry,
    private readonly dags: DagStore<NewContent>,
    private readonly blocks: HotBlocks,
    config: AppConfig,
  ) {
    this.limit = config.values.UPLOAD_ENTRIES_LIMIT;
  }

  /**
   * The content of this state of the collection: the one that a commit before made, where there is one. Contents of
   * earlier commits stay.
   * @throws CollectionNotFound, ContentOffloaded, TooManyEntries, QuotaExceeded, DiskFull
   */
  async run(id: string): Promise<{ collection: Collection; cid: string; contentId: ContentId }> {
    const collection = await this.collections.get(id);
    const tree = await this.treeOf(id);
    const intake = await this.dags.begin('pin');
    try {
      const dag = new DirectoryDag(tree, importProfiles[PROFILE], (cid, bytes) => intake.put(cid, bytes));
      const root = (await dag.write(tree.root)).cid;
      const cid = root.toString();
      const [known] = await this.contents.ofCid(root, collection.userId);
      if (known) await intake.abort();
      const { userId, name } = collection;
      const reference = { userId, cid, name: contentName(name, cid), type: 'directory' as const, profile: PROFILE };
      // What it links to is stored elsewhere: it never stands for an upload of the same root.
      const [made] = known ? [] : await intake.commitAll([{ root, reference, whole: false }]);
      const contentId = known?.id ?? made?.contentId;
      if (contentId === undefined) throw new Error('a commit made no content');
      await this.store.setCid(id, cid);
      return { collection: { ...collection, cid }, cid, contentId };
    } catch (error) {
      await intake.abort();
      throw error;
    }
  }

  private async treeOf(id: string): Promise<FolderTree> {
    const tree = new FolderTree(this.limit);
    for (let after = ''; ;) {
      const page = await this.collections.contentsOf(id, after, PAGE);
      for (const { path, content } of page) tree.fill(tree.reserve(collectionPath(path)), await this.fileOf(content));
      const last = page.at(-1);
      if (!last || page.length < PAGE) return tree;
      after = last.path;
    }
  }

  /** What a directory says of a content: all bytes below, as its root block tells them. @throws ContentOffloaded */
  private async fileOf({ id, cid: text, root }: Content): Promise<FolderFile> {
    const cid = parseCid(text) ?? CID.parse(root);
    const bytes = await this.blocks.get(cid);
    if (!bytes)
      throw new ContentOffloaded(`content ${id} is with miners alone: read it once, and commit again`, {
        details: { contentId: id },
      });
    return { cid, cumulative: Math.min(MOST_BYTES, bytes.length + (cid.code === DAG_PB ? linkedBytes(bytes) : 0)) };
  }
}
