import { Tooltip } from '@mantine/core';
import { useAsk } from '../api/use-ask';
import type { PublicInfo } from '../api/types';

/** Says that deals and prices are simulated, wherever they are. */
export function DevnetLabel() {
  const { data } = useAsk<PublicInfo>('/public/info', { anonymous: true });
  if (data?.notice === undefined) return null;
  return (
    <Tooltip label={data.notice} multiline w={280}>
      <span className="devnet" tabIndex={0}>
        devnet
      </span>
    </Tooltip>
  );
}
