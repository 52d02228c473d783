import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata key of routes that anybody may call; the accounts room's guards read it. */
export const PUBLIC_ROUTE = 'tidewater:public';

/** No key is asked for: health, metrics, the gateway, public statistics. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);
