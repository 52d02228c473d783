import { InvalidToken, NotAuthorized, TokenExpired, UsernameTaken } from '../domain/accounts.errors.js';
const ADMIN = 'admin';
/**
 * The first admin, and a file with a key of theirs that works. Running it again changes nothing while that file is
 * good.
 */ export class EnsureAdminKey {
    constructor(store, verifyToken, keys){
        this.store = store;
        this.verifyToken = verifyToken;
        this.keys = keys;
    }
    /** Says whether a key was made. @throws NotAuthorized when the user called admin is none. */ async run(file) {
        const token = await file.read();
        if (token !== null && await this.works(token)) return {
            created: false
        };
        const admin = await this.admin();
        const made = await this.keys.create({
            userId: admin.id,
            scope: 'admin',
            label: 'admin.key',
            expiry: 'false'
        });
        await file.write(made.token);
        return {
            created: true
        };
    }
    async works(token) {
        try {
            return (await this.verifyToken.run(token)).scope === 'admin';
        } catch (error) {
            if (error instanceof InvalidToken || error instanceof TokenExpired) return false;
            throw error;
        }
    }
    async admin() {
        const user = await this.store.userByName(ADMIN) ?? await this.addAdmin();
        if (user.role !== 'admin') throw new NotAuthorized(`the user ${ADMIN} exists and is no admin`);
        return user;
    }
    async addAdmin() {
        try {
            return await this.store.addUser(ADMIN, 'admin');
        } catch (error) {
            const other = error instanceof UsernameTaken ? await this.store.userByName(ADMIN) : null;
            if (!other) throw error;
            return other;
        }
    }
}

//# sourceMappingURL=ensure-admin-key.js.map
