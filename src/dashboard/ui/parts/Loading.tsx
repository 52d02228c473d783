import { Skeleton, Stack } from '@mantine/core';

/** Stands where rows will stand, in their size. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap={8} aria-busy="true" aria-label="Loading">
      <Skeleton height={28} width="40%" />
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} height={28} />
      ))}
    </Stack>
  );
}
