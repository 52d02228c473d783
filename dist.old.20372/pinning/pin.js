/** The specification's words, and all of them. */ export const PIN_STATUSES = [
    'queued',
    'pinning',
    'pinned',
    'failed'
];
export const NAME_MATCHES = [
    'exact',
    'iexact',
    'partial',
    'ipartial'
];

//# sourceMappingURL=pin.js.map
