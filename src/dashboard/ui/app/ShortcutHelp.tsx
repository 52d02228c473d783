import { Kbd, Modal } from '@mantine/core';
import type { Place } from './navigation';

/** Every shortcut that works here. */
export function ShortcutHelp(props: { opened: boolean; onClose: () => void; places: readonly Place[] }) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Keyboard">
      <dl className="facts">
        {[
          ['/', 'Search'],
          ['j', 'Next row'],
          ['k', 'Row before'],
          ['Enter', 'Open the row'],
          ['?', 'This list'],
          ...props.places.map((place) => [`g ${place.key}`, place.label]),
        ].map(([keys, what]) => (
          <div key={keys} style={{ display: 'contents' }}>
            <dt>
              {keys?.split(' ').map((key) => (
                <Kbd key={key} mr={4}>
                  {key}
                </Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
