import type { Fault } from './types';

/** What is, or was, wrong with our own node or wallet, and what to do. */
export function FaultList({ faults }: { faults: readonly Fault[] }) {
  if (faults.length === 0) return <p className="quiet">None was ever met.</p>;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Fault</th>
          <th>Now</th>
          <th>What it is, and what to do</th>
        </tr>
      </thead>
      <tbody>
        {faults.map(({ fault, open, about }) => (
          <tr key={fault}>
            <td>{fault}</td>
            <td className={open ? 'bad' : 'good'}>{open ? 'open' : 'over'}</td>
            <td>{about}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
