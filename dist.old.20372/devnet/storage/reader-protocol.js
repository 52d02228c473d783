export { };

//# sourceMappingURL=reader-protocol.js.map
