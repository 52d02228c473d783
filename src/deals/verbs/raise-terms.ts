import { Injectable } from '@nestjs/common';
import { ContentNotFound } from '../../content/index.js';
import { TermsNotRaised } from '../domain/deals.errors.js';
import { PieceTerms, type RaisedTerms } from '../store/piece-terms.js';
import { type ContentDeals, ReadContentDeals } from './read-content-deals.js';

/** More replication, or a higher price, for a content that is stored already. Deals that are still missing are looked for at once. */
@Injectable()
export class RaiseTerms {
  constructor(
    private readonly contents: ReadContentDeals,
    private readonly terms: PieceTerms,
  ) {}

  /** `shared`: also where the bytes of others are in the same piece. @throws ContentNotFound, TermsNotRaised */
  async run(contentId: bigint, asked: RaisedTerms, shared: boolean): Promise<ContentDeals> {
    const found = await this.contents.ofContent(contentId);
    if (found === null) throw new ContentNotFound('no such content');
    const raised = await this.terms.raise(found.content.cars, asked, shared);
    if (raised === 0)
      throw new TermsNotRaised(
        "no piece of this content has lower terms that its owner may raise: terms only grow, and a piece that contents share is the operator's",
      );
    return (await this.contents.ofContent(contentId)) ?? found;
  }
}
