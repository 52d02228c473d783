import { Tooltip } from '@mantine/core';
import { formatFil } from '../format/fil';

/** An amount of attoFIL as FIL; all its digits on hover. */
export function Fil({ atto }: { atto: string | null | undefined }) {
  if (atto === null || atto === undefined) return <span className="quiet">–</span>;
  return (
    <Tooltip label={`${atto} attoFIL`}>
      <span style={{ whiteSpace: 'nowrap' }}>{formatFil(atto)}</span>
    </Tooltip>
  );
}
