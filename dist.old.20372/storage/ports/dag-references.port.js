/**
 * Who wants the DAGs that are stored here. Filled by the room that keeps those references: storage, upstream, cannot
 * know them. The decisive transaction is that room's statement; it calls storage's `commit_dags`
 * (store/commit-dags.sql) before it writes its own rows.
 */ export class DagReferences {
}

//# sourceMappingURL=dag-references.port.js.map
