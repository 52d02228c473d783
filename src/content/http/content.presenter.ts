import type { Collection, CollectionEntry } from '../domain/collection.js';
import type { Content, ContentTransition } from '../domain/content.js';
import type { Uploaded } from '../domain/upload.js';
import type { UploadedFolder } from '../verbs/add-folder.js';
import type { BulkResult } from '../verbs/organize-contents.js';
import type { FinishedUpload } from '../verbs/finish-upload.js';

/** Estuary's answer to an upload. */
export function presentUpload({ cid, contentId }: Uploaded, publicUrl: string, providers: readonly string[]) {
  const url = `${publicUrl}/ipfs/${cid}`;
  return { cid, retrieval_url: url, estuary_retrieval_url: url, estuaryId: Number(contentId), providers };
}

/** The same of a form: `type` says whether it became a file or a directory, `files` how many are in it. */
export function presentFolder(upload: UploadedFolder, publicUrl: string, providers: readonly string[]) {
  return { ...presentUpload(upload, publicUrl, providers), type: upload.type, files: upload.files };
}

/** What a resumable upload became, as the answer to one in one go says it. */
export function presentFinished({ contentId, cid }: FinishedUpload, publicUrl: string) {
  const url = `${publicUrl}/ipfs/${cid}`;
  return { cid, retrieval_url: url, estuary_retrieval_url: url, estuaryId: Number(contentId) };
}

/** A CAR with several roots gives several contents: the first as Estuary answers, all in `contents`. */
export function presentCarUpload(uploads: readonly Uploaded[], publicUrl: string, providers: readonly string[]) {
  const [first] = uploads;
  if (!first) throw new Error('a CAR without contents was accepted');
  const contents = uploads.map((upload) => presentUpload(upload, publicUrl, providers));
  return uploads.length === 1
    ? presentUpload(first, publicUrl, providers)
    : { ...presentUpload(first, publicUrl, providers), contents };
}

/** Estuary's content object, and our single `state` beside its flags. */
export function presentContent(content: Content) {
  const { id, cid, name, userId, size, type, replication, state, profile, pinRequestId, tags, createdAt, updatedAt } =
    content;
  return {
    id: Number(id),
    cid,
    name,
    userId,
    description: '',
    size,
    type,
    active: true,
    offloaded: state === 'offloaded',
    replication,
    aggregate: false,
    pinning: false,
    failed: false,
    location: 'local',
    pinningStatus: 'pinned',
    state,
    profile,
    pinRequestId,
    tags,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** One line of `GET /content/:id/timeline`. */
export function presentTransition({ from, to, cause, at }: ContentTransition) {
  return { from, to, cause, at: at.toISOString() };
}

/** What one content of many came to. */
export function presentBulkResult(result: BulkResult) {
  if (result.status !== 'failed') return result;
  const { id, status, error } = result;
  return { id, status, error: { code: error.status, reason: error.code, details: error.message } };
}

/** Estuary's collection. */
export function presentCollection({ id, name, description, userId, cid, createdAt }: Collection) {
  return { uuid: id, name, description, userId, cid: cid ?? '', createdAt: createdAt.toISOString() };
}

/** One entry of a folder of a collection. */
export function presentEntry(entry: CollectionEntry, coluuid: string, dir: string) {
  const { name, type, size, contentId, cid, updatedAt } = entry;
  return {
    name,
    type,
    size,
    contId: contentId === null ? 0 : Number(contentId),
    cid: cid ?? '',
    dir,
    coluuid,
    updatedAt: updatedAt.toISOString(),
  };
}

/** Estuary answers a commit with the status of a pin. */
export function presentCommit(contentId: string, cid: string, { name, createdAt }: Collection) {
  return {
    requestid: contentId,
    status: 'pinned',
    created: createdAt.toISOString(),
    pin: { cid, name, origins: [] as string[], meta: {} },
    delegates: [] as string[],
    info: {},
    estuaryId: Number(contentId),
    cid,
  };
}
