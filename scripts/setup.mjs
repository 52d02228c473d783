// npm run setup: everything that npm start would prepare, without starting.
import { fail } from './steps/fail.mjs';
import { setUp } from './steps/set-up.mjs';

await setUp().catch(fail);
