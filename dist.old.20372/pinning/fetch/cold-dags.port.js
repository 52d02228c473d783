/** What this platform stored once and has only at its miners now. Filled by the room that retrieves. */ export class ColdDags {
}

//# sourceMappingURL=cold-dags.port.js.map
