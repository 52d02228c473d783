export { ContentLedgerModule } from './content-ledger.module.js';
export { ContentHttpModule, ContentModule } from './content.module.js';
export { canVerify, digestOf, hashMatches, isIdentity } from './domain/block-hash.js';
export { DAG_CBOR, DAG_JSON, linksOf } from './domain/block-links.js';
export {
  carHeader,
  HEADER_BYTES,
  headerRoot,
  PLACEHOLDER_ROOT,
  readVarint,
  sectionPrefix,
} from './domain/car-format.js';
export type { CarMember, Content, ContentMove, ContentState } from './domain/content.js';
export {
  CarWriteFailed,
  ContentNotFound,
  DiskFull,
  NotOffloadable,
  QuotaExceeded,
  RootMissing,
} from './domain/content.errors.js';
export {
  carGone,
  carSealed,
  contentDeleted,
  contentOffloaded,
  contentRestored,
  contentStored,
  dagGone,
} from './domain/content.events.js';
export { describeRoot } from './domain/dag-root.js';
export { type DealTerms, dealTermsSchema } from './domain/deal-terms.js';
export { coverage, movedOffset, type Stretch } from './domain/run-coverage.js';
export { AccountUsage, type Usage } from './ports/account-usage.port.js';
export { bytesOnTheWay } from './domain/upload.js';
export { CarFiles } from './ports/car-files.port.js';
export { type CarKind, CarLedger, type CarOwner, type CarRecord, type LiveRun } from './ports/car-ledger.port.js';
export { CarReclaimer } from './ports/car-reclaimer.port.js';
export {
  type CommittedContent,
  DagLedger,
  type NewContent,
  type NewRun,
  type WrittenCar,
} from './ports/dag-ledger.port.js';
export { type AdoptOptions, type DagIntake, type DagRun, DagStore, type StoredDag } from './ports/dag-store.port.js';
export { HotBlocks } from './ports/hot-blocks.port.js';
export { HotRoots, type HotRootsPage } from './ports/hot-roots.port.js';
export { ProviderAddresses } from './ports/provider-addresses.port.js';
export { AccountQuota } from './verbs/account-quota.js';
export { CarMembers } from './verbs/car-members.js';
export { DeleteContent } from './verbs/delete-content.js';
export { FindContent } from './verbs/find-content.js';
export { MarkCommitted } from './verbs/mark-committed.js';
export { OffloadDag } from './verbs/offload-dag.js';
