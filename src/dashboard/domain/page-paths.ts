/**
 * Every path that is a page of the web client. None of them is, or may become, a path of the API: pages of an account
 * stand below `/app`, public ones have names that no route of the API begins with. The client's own router
 * (`ui/app/routes.tsx`) draws what stands behind them.
 */
export const pagePaths = [
  '/',
  '/verify',
  '/verify/*',
  '/network',
  '/network/*',
  '/status',
  '/sign-in',
  '/join',
  '/app',
  '/app/*',
] as const;

/** Files that the pages load: names with a hash of what is in them, and the icon. */
export const filePaths = ['/assets/*', '/favicon.svg'] as const;
