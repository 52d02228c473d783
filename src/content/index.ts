export { ContentPortsModule } from './content-ports.module.js';
export { ContentHttpModule, ContentModule } from './content.module.js';
export {
  canVerify,
  carHeader,
  describeRoot,
  digestOf,
  hashMatches,
  HEADER_BYTES,
  headerRoot,
  isIdentity,
  PLACEHOLDER_ROOT,
  readVarint,
  sectionPrefix,
} from '../storage/index.js';
export { DAG_CBOR, DAG_JSON, linksOf } from './domain/block-links.js';
export type { CarMember, Content, ContentMove, ContentState } from './domain/content.js';
export { ContentNotFound, QuotaExceeded } from './domain/content.errors.js';
export { contentDeleted, contentOffloaded, contentRestored, contentStored } from './domain/content.events.js';
export { AccountUsage, type Usage } from './ports/account-usage.port.js';
export { bytesOnTheWay } from './domain/upload.js';
export { ProviderAddresses } from './ports/provider-addresses.port.js';
export { AccountQuota } from './verbs/account-quota.js';
export { CarMembers } from './verbs/car-members.js';
export { DeleteContent } from './verbs/delete-content.js';
export { FindContent } from './verbs/find-content.js';
export { MarkCommitted } from './verbs/mark-committed.js';
export { OffloadDag } from './verbs/offload-dag.js';
