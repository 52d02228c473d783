/** What a key may do; each scope includes those before it. Estuary's levels. */ export const SCOPE_LEVELS = {
    upload: 1,
    user: 2,
    admin: 10
};
export const SCOPES = Object.keys(SCOPE_LEVELS);
/** Whether a key with the scope `held` may do what `asked` asks for. */ export function includesScope(held, asked) {
    return SCOPE_LEVELS[held] >= SCOPE_LEVELS[asked];
}
/** A user's key never reaches further than the user, whatever its row says. */ export function effectiveScope(keyScope, role) {
    return keyScope === 'admin' && role !== 'admin' ? 'user' : keyScope;
}

//# sourceMappingURL=caller.js.map
