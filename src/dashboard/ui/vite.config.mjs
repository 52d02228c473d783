import { defineConfig } from 'vite';

// Vite compiles JSX by itself (tsconfig.json says how); no plugin is needed.
export default defineConfig({
  base: '/',
  publicDir: 'public',
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    // A page of our policy may not load data: scripts, and small files gain nothing by standing inside others.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Marks of React's server components, which there are none of here.
      onLog: (level, log, say) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : say(level, log)),
    },
  },
  oxc: { jsx: { runtime: 'automatic' } },
});
