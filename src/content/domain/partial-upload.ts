import type { ContentId, UserId } from '../../shared/index.js';
import type { UploadOptions } from './upload.js';
import type { ProfileName } from './file-dag.js';

/** 'partial': a part of another one; 'final': made of parts, without bytes of its own (tus 1.0, concatenation). */
export type PartialUploadKind = 'single' | 'partial' | 'final';

/** What its uploader asked for; judged at the creation, and kept as JSON. */
export interface PartialUploadOptions extends UploadOptions {
  profile?: ProfileName | undefined;
}

/** An upload that comes in several requests. */
export interface PartialUpload {
  /** A UUID. */
  id: string;
  userId: UserId;
  kind: PartialUploadKind;
  /** Bytes, as announced. */
  length: number;
  /** Bytes that are durable: here it goes on. */
  offset: number;
  /** `Upload-Metadata` as it was sent. */
  metadata: string | null;
  options: PartialUploadOptions;
  /** Of a final one: those that it is made of, in order. */
  parts: readonly string[];
  /** 'stored': its bytes are a content, or a part of one, and are not kept twice. */
  state: 'receiving' | 'stored';
  contentId: ContentId | null;
  cid: string | null;
  expiresAt: Date;
}

/** What is known of one before it has a row. */
export type NewPartialUpload = Pick<
  PartialUpload,
  'id' | 'userId' | 'kind' | 'length' | 'offset' | 'metadata' | 'options' | 'parts'
>;
