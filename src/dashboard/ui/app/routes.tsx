import { lazy, type ComponentType } from 'react';
import { Landing } from '../pages/public/Landing';

type Pages = Record<string, ComponentType>;

/** For everybody. The landing page comes with the first load, the others when they are opened. */
export const publicPages: Pages = {
  '/': Landing,
  '/verify/:cid?': lazy(() => import('../pages/public/Verify')),
  '/network': lazy(() => import('../pages/public/Network')),
  '/network/miners': lazy(() => import('../pages/public/Miners')),
  '/network/miners/:miner': lazy(() => import('../pages/public/MinerPage')),
  '/status': lazy(() => import('../pages/public/Status')),
  '/sign-in': lazy(() => import('../pages/account/SignIn')),
  '/join': lazy(() => import('../pages/account/Join')),
};

/** For an account. */
export const userPages: Pages = {
  '/app': lazy(() => import('../pages/user/Files')),
  '/app/files': lazy(() => import('../pages/user/Files')),
  '/app/upload': lazy(() => import('../pages/user/Upload')),
  '/app/content/:id': lazy(() => import('../pages/user/ContentPage')),
  '/app/pins': lazy(() => import('../pages/user/Pins')),
  '/app/deals': lazy(() => import('../pages/user/Deals')),
  '/app/usage': lazy(() => import('../pages/user/Usage')),
  '/app/keys': lazy(() => import('../pages/user/Keys')),
};

/** For admins. */
export const adminPages: Pages = {
  '/app/admin': lazy(() => import('../pages/admin/Overview')),
  '/app/admin/miners': lazy(() => import('../pages/admin/AdminMiners')),
  '/app/admin/deals': lazy(() => import('../pages/admin/AdminDeals')),
  '/app/admin/retrievals': lazy(() => import('../pages/admin/Retrievals')),
  '/app/admin/users': lazy(() => import('../pages/admin/Users')),
  '/app/admin/storage': lazy(() => import('../pages/admin/Storage')),
  '/app/admin/announcements': lazy(() => import('../pages/admin/Announcements')),
};

export const NotFound: ComponentType = lazy(() => import('../pages/public/NotFound'));
