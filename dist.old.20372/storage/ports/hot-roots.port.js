/** Which DAGs this node has the bytes of, whoever's contents they are: for rooms that follow what is stored. */ export class HotRoots {
}

//# sourceMappingURL=hot-roots.port.js.map
