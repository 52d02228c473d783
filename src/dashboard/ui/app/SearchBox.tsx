import { Kbd, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useViewer } from '../api/viewer';
import { searchTarget } from './search-target';

/** One box for CIDs, miners and names of files; `/` leads into it. */
export function SearchBox() {
  const [text, setText] = useState('');
  const [, go] = useLocation();
  const viewer = useViewer();
  return (
    <form
      role="search"
      style={{ flex: 1, minWidth: 0, maxWidth: 560 }}
      onSubmit={(event) => {
        event.preventDefault();
        const target = searchTarget(text, viewer !== null && viewer !== undefined);
        if (target !== null) go(target);
      }}
    >
      <TextInput
        id="search"
        size="xs"
        aria-label="Search: CID, miner, or name of a file"
        placeholder="Search: CID, miner, name"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rightSection={
          <Kbd className="wide-only" size="xs">
            /
          </Kbd>
        }
        autoComplete="off"
        spellCheck={false}
      />
    </form>
  );
}
