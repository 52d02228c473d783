import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { NavLink } from './NavLink';
import { placeOf } from './navigation';
import type { Section } from './SideBar';

/** On a phone: the four places that are gone to most, and the rest behind `More`. */
export function BottomBar({ signedIn, sections }: { signedIn: boolean; sections: readonly Section[] }) {
  const [path] = useLocation();
  const [more, setMore] = useState(false);
  const all = sections.flatMap(({ places }) => places);
  const wanted = signedIn ? ['/app/files', '/app/upload', '/verify'] : ['/verify', '/network/miners', '/status'];
  return (
    <nav className="bottom" aria-label="Pages, short">
      {all
        .filter((place) => wanted.includes(place.path))
        .map((place) => (
          <Link key={place.path} href={place.path} aria-current={placeOf(path, all) === place ? 'page' : undefined}>
            {place.label.replace(' a CID', '')}
          </Link>
        ))}
      <button type="button" onClick={() => setMore(true)}>
        More
      </button>
      <Drawer opened={more} onClose={() => setMore(false)} position="bottom" title="All pages" size="auto">
        {all.map((place) => (
          <NavLink key={place.path} place={place} among={all} onGo={() => setMore(false)} />
        ))}
      </Drawer>
    </nav>
  );
}
