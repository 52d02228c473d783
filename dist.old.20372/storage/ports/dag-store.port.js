/** DAGs that are stored here. `R` is what the room that keeps the references says with each. */ export class DagStore {
}

//# sourceMappingURL=dag-store.port.js.map
