import { ActionIcon, Button, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import type { Viewer } from '../api/types';
import { signOut, useForget } from '../api/viewer';
import { DevnetLabel } from './DevnetLabel';
import { SearchBox } from './SearchBox';

/** Search, light and dark, help, and who is signed in. */
export function TopBar({ viewer, onHelp }: { viewer: Viewer | null | undefined; onHelp: () => void }) {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'light' ? 'dark' : 'light';
  return (
    <header className="top">
      <SearchBox />
      <span style={{ marginLeft: 'auto' }} />
      <DevnetLabel />
      <Tooltip label={`Switch to ${other}`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Switch to ${other}`}
          onClick={() => setColorScheme(other)}
        >
          <span aria-hidden>{scheme === 'light' ? '☾' : '☀'}</span>
        </ActionIcon>
      </Tooltip>
      <ActionIcon className="wide-only" variant="subtle" color="gray" aria-label="Keyboard shortcuts" onClick={onHelp}>
        <span aria-hidden>?</span>
      </ActionIcon>
      {viewer === null && (
        <Button component={Link} href="/sign-in" size="xs">
          Sign in
        </Button>
      )}
      {viewer !== null && viewer !== undefined && <AccountMenu viewer={viewer} />}
    </header>
  );
}

function AccountMenu({ viewer }: { viewer: Viewer }) {
  const forget = useForget();
  const [, go] = useLocation();
  const leave = async () => {
    // First away from pages that ask for what is then refused.
    go('/');
    await signOut();
    await forget();
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default">
          {viewer.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} href="/app/usage">
          Usage
        </Menu.Item>
        <Menu.Item component={Link} href="/app/keys">
          Keys
        </Menu.Item>
        <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
