import { Suspense, type ComponentType } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { useViewer } from '../api/viewer';
import { Loading } from '../parts/Loading';
import { Refused } from '../parts/Refused';
import { Mishap } from './Mishap';
import { adminPages, NotFound, publicPages, userPages } from './routes';

/** The page of the path that we are at; pages of an account ask for one first. */
export function Pages() {
  const [path] = useLocation();
  return (
    <Mishap key={path}>
      <Suspense fallback={<Loading />}>
        <Switch key={path.startsWith('/app') ? 'app' : 'public'}>
          {Object.entries(publicPages).map(([pattern, Page]) => (
            <Route key={pattern} path={pattern} component={Page} />
          ))}
          {Object.entries(adminPages).map(([pattern, Page]) => (
            <Route key={pattern} path={pattern}>
              <Guarded Page={Page} admin />
            </Route>
          ))}
          {Object.entries(userPages).map(([pattern, Page]) => (
            <Route key={pattern} path={pattern}>
              <Guarded Page={Page} />
            </Route>
          ))}
          <Route component={NotFound} />
        </Switch>
      </Suspense>
    </Mishap>
  );
}

function Guarded({ Page, admin = false }: { Page: ComponentType; admin?: boolean }) {
  const viewer = useViewer();
  if (viewer === undefined) return <Loading />;
  if (viewer === null) return <Refused why="signed-out" />;
  if (admin && viewer.scope !== 'admin') return <Refused why="not-admin" />;
  return <Page />;
}
