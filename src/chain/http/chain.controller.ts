import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, RequireScope } from '../../accounts/index.js';
import { messageOf } from '../../shared/index.js';
import { ChainFacts } from '../verbs/chain-facts.js';
import { balanceView, publicInfo, type PublicInfo } from './chain.presenter.js';

/** What the Filecoin node knows, as it was asked last. */
@ApiTags('chain')
@Controller()
export class ChainController {
  constructor(private readonly chainFacts: ChainFacts) {}

  /** Never fails for want of the node: what is unknown is null, and `unavailable` says why. Open to everybody. */
  @Get('public/info')
  @Public()
  @ApiOperation({
    summary:
      'Which network this is, whose wallet pays, and how far the chain is; says so when the network is a simulated one',
  })
  @ApiOkResponse({
    description: 'network, primaryAddress, head, versions, filPrice, and notice or unavailable where they apply',
  })
  async info(): Promise<PublicInfo> {
    let unavailable: string | undefined;
    const orNull = async <T>(fact: Promise<T>): Promise<T | null> =>
      fact.catch((error: unknown) => {
        unavailable = messageOf(error);
        return null;
      });
    const [head, wallet, version] = await Promise.all([
      orNull(this.chainFacts.head()),
      orNull(this.chainFacts.wallet()),
      orNull(this.chainFacts.nodeVersion()),
    ]);
    return publicInfo({
      head,
      address: wallet?.value.address ?? null,
      version: version?.value ?? null,
      price: this.chainFacts.filPrice(),
      unavailable,
    });
  }

  /**
   * At most five minutes old, and says how old; one that is older than ten seconds has the node asked for the next.
   * @throws ChainUnavailable when the node cannot be asked and nothing so new is known
   */
  @Get('admin/balance')
  @RequireScope('admin')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'The client wallet: balance, market escrow, DataCap' })
  @ApiOkResponse({
    description:
      'account, balance, marketEscrow, marketLocked, marketAvailable (attoFIL), verifiedClientBalance (bytes or null), the same in FIL',
  })
  async balance() {
    return balanceView(await this.chainFacts.wallet());
  }

  /** As `balance`. @throws ChainUnavailable */
  @Get('admin/fil-address')
  @RequireScope('admin')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Address of the client wallet' })
  async address(): Promise<{ address: string }> {
    return { address: (await this.chainFacts.wallet()).value.address };
  }
}
