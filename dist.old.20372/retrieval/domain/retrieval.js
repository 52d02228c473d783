/**
 * Every state of a retrieval and the only transitions between them. A retrieval whose worker was lost starts over:
 * hence the ways back to locating.
 */ export const retrievalTransitions = {
    requested: [
        'locating'
    ],
    locating: [
        'locating',
        'fetching',
        'stored',
        'failed'
    ],
    fetching: [
        'fetching',
        'locating',
        'verified',
        'failed'
    ],
    verified: [
        'locating',
        'stored',
        'failed'
    ],
    stored: [],
    failed: []
};
/** Whether the table has it; the store asks before each write. */ export function canTransition(from, to) {
    return retrievalTransitions[from].includes(to);
}

//# sourceMappingURL=retrieval.js.map
