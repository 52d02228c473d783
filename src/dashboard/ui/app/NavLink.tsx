import { Link, useLocation } from 'wouter';
import { placeOf, type Place } from './navigation';

/** A way to a place; the one where we are says so. */
export function NavLink({ place, among, onGo }: { place: Place; among: readonly Place[]; onGo?: () => void }) {
  const [path] = useLocation();
  const here = placeOf(path, among) === place;
  if (place.outside === true)
    return (
      <a className="nav" href={place.path}>
        {place.label}
      </a>
    );
  return (
    <Link className="nav" href={place.path} aria-current={here ? 'page' : undefined} onClick={onGo}>
      {place.label}
    </Link>
  );
}
