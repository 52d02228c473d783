/**
 * Every state of a content that has a row, and the only transitions between them. ('receiving' lives only while the
 * request does.)
 */ export const contentTransitions = {
    stored: [
        'offloaded',
        'deleted'
    ],
    offloaded: [
        'stored',
        'deleted'
    ],
    deleted: []
};

//# sourceMappingURL=content.js.map
