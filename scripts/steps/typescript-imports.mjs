// Lets plain scripts import single TypeScript files of src/ (types are stripped by Node itself; see `erasable` files in
// src/launch): a relative import that ends in .js means the .ts file beside it.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const fromSource = context.parentURL?.endsWith('.ts') && /^\.{1,2}\//.test(specifier);
    return next(fromSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
