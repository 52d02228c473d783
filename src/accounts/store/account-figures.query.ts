import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';

/** Figures over all accounts, for rooms downstream that show them. */
@Injectable()
export class AccountFigures {
  constructor(private readonly database: Database) {}

  /** All that were ever made: users are not deleted. */
  async countUsers(): Promise<number> {
    return this.database.user.count();
  }
}
