import { Link } from 'wouter';
import { NavLink } from './NavLink';
import type { Place } from './navigation';

export interface Section {
  title: string | undefined;
  places: readonly Place[];
}

/** All places, on screens that have the room. */
export function SideBar({ sections }: { sections: readonly Section[] }) {
  const all = sections.flatMap(({ places }) => places);
  return (
    <nav className="side" aria-label="Pages">
      <Link className="brand" href="/">
        <img src="/favicon.svg" alt="" />
        Tidewater
      </Link>
      {sections.map(({ title, places }, index) => (
        <div key={index}>
          {title !== undefined && <h2>{title}</h2>}
          {places.map((place) => (
            <NavLink key={place.path} place={place} among={all} />
          ))}
        </div>
      ))}
    </nav>
  );
}
