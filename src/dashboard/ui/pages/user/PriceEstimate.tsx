import { NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, type ApiError } from '../../api/client';
import type { Estimate } from '../../api/types';
import { formatBytes } from '../../format/bytes';
import { Fil } from '../../parts/Fil';

const MIB = 1024 * 1024;
const BEFORE_ANYTHING_IS_CHOSEN = 100;

/** What six deals for so many bytes would cost, asked before the first byte leaves. */
export function PriceEstimate({ bytes }: { bytes: number }) {
  const [mebibytes, setMebibytes] = useState<number>(BEFORE_ANYTHING_IS_CHOSEN);
  const size = bytes > 0 ? bytes : Math.max(1, Math.round(mebibytes * MIB));
  const estimate = useQuery<Estimate, ApiError>({
    queryKey: ['/deals/estimate', size],
    queryFn: () => ask<Estimate>('/deals/estimate', { method: 'POST', body: { size, replication: 6 } }),
    staleTime: 30_000,
  });
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 12, marginTop: 16, minHeight: 36 }}>
      {bytes === 0 && (
        <NumberInput
          size="xs"
          w={150}
          aria-label="Price for so many MiB"
          suffix=" MiB"
          min={1}
          max={1_000_000}
          value={mebibytes}
          onChange={(value) => setMebibytes(Math.max(1, Number(value)))}
        />
      )}
      <span role="status">
        {estimate.data && (
          <>
            Six deals for {formatBytes(size)} cost about{' '}
            <strong>
              <Fil atto={estimate.data.totalAttoFil} />
            </strong>
            {estimate.data.usd !== null && ` (${estimate.data.usd.total} USD)`} in all
            {estimate.data.minersFound < estimate.data.replication &&
              `; only ${estimate.data.minersFound} miners would take it now`}
            .
          </>
        )}
        {estimate.error !== null && <span className="quiet">No price now: {estimate.error.message}</span>}
      </span>
    </div>
  );
}
