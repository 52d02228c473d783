import { Button } from '@mantine/core';
import type { Pin } from '../../api/types';
import { Ago } from '../../parts/Ago';
import { Id } from '../../parts/Id';
import { StateText } from '../../parts/StateText';

/** Pins with their states, and why one waits or failed. */
export function PinTable({ pins, onRemove }: { pins: readonly Pin[]; onRemove: (pin: Pin) => void }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Name</th>
          <th>CID</th>
          <th>State</th>
          <th>Asked for</th>
          <th>Why</th>
          <th>
            <span className="skip">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {pins.map((pin) => (
          <tr key={pin.requestid} data-row>
            <td>{pin.pin.name ?? <span className="quiet">without a name</span>}</td>
            <td>
              <Id value={pin.pin.cid} />
            </td>
            <td>
              <StateText state={pin.status} />
            </td>
            <td>
              <Ago at={pin.created} />
            </td>
            <td className="quiet">{pin.info?.['status_details'] ?? ''}</td>
            <td className="number">
              <Button size="compact-xs" variant="default" onClick={() => onRemove(pin)}>
                Remove
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
