import { useState } from 'react';
import { useLocation } from 'wouter';
import { useViewer } from '../api/viewer';
import { BottomBar } from './BottomBar';
import { DropAnywhere } from './DropAnywhere';
import { adminPlaces, publicPlaces, userPlaces } from './navigation';
import { Pages } from './Pages';
import { ShortcutHelp } from './ShortcutHelp';
import { SideBar } from './SideBar';
import { TopBar } from './TopBar';
import { useShortcuts } from './useShortcuts';

/** What stands around every page: side bar, search, keyboard; on a phone a bar below. */
export function Frame() {
  const viewer = useViewer();
  const [help, setHelp] = useState(false);
  const [, go] = useLocation();
  const signedIn = viewer !== null && viewer !== undefined;
  const sections = [
    ...(signedIn ? [{ title: undefined, places: userPlaces }] : []),
    { title: signedIn ? 'Public' : undefined, places: publicPlaces },
    ...(signedIn && viewer.scope === 'admin' ? [{ title: 'Admin', places: adminPlaces }] : []),
  ];
  useShortcuts({ places: sections.flatMap(({ places }) => places), go, showHelp: () => setHelp(true) });
  return (
    <>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <div className="frame">
        <SideBar sections={sections} />
        <div>
          <TopBar viewer={viewer} onHelp={() => setHelp(true)} />
          <main className="page" id="page">
            <Pages />
          </main>
        </div>
      </div>
      <BottomBar signedIn={signedIn} sections={sections} />
      {signedIn && <DropAnywhere />}
      <ShortcutHelp opened={help} onClose={() => setHelp(false)} places={sections.flatMap(({ places }) => places)} />
    </>
  );
}
