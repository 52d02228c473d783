import { useEffect } from 'react';
import type { Place } from './navigation';

/** `g` waits this long for its second letter. */
const SECOND_KEY_MS = 1_500;

export interface Shortcuts {
  places: readonly Place[];
  go: (path: string) => void;
  showHelp: () => void;
}

/** `/` search, `g` then a letter, `j` and `k` through rows, `?` help; never while somebody writes. */
export function useShortcuts({ places, go, showHelp }: Shortcuts): void {
  useEffect(() => {
    let waitingSince = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const place = places.find(({ key }) => key === event.key);
      if (event.timeStamp - waitingSince < SECOND_KEY_MS && waitingSince > 0 && place !== undefined) {
        waitingSince = 0;
        if (place.outside === true) location.assign(place.path);
        else go(place.path);
        return;
      }
      waitingSince = event.key === 'g' ? event.timeStamp : 0;
      if (event.key === '?') showHelp();
      else if (event.key === '/') document.getElementById('search')?.focus();
      else if (event.key === 'j' || event.key === 'k') moveThroughRows(event.key === 'j' ? 1 : -1);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [places, go, showHelp]);
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Focuses the first link of the next row, so that Enter opens it. */
function moveThroughRows(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row] a, [data-row] button')];
  const firsts = links.filter((link, at) => link.closest('[data-row]') !== links[at - 1]?.closest('[data-row]'));
  const here = firsts.findIndex((link) => link.closest('[data-row]')?.contains(document.activeElement) === true);
  firsts[Math.min(Math.max(here + step, 0), firsts.length - 1)]?.focus();
}
