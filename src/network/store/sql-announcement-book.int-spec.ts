import { testDatabase } from '../../../test/support/test-database.js';
import { AppConfig } from '../../config/index.js';
import { SqlPool } from '../../platform/prisma/index.js';
import { describeAnnouncementBookContract } from '../testing/announcement-book.contract.js';
import { SqlAnnouncementBook } from './sql-announcement-book.js';

describeAnnouncementBookContract('PostgreSQL', async (clock) => {
  const database = await testDatabase();
  const sql = new SqlPool(AppConfig.parse({ DATABASE_URL: database.url }));
  return {
    book: new SqlAnnouncementBook(sql, clock),
    empty: async () => void (await database.query('DELETE FROM announcements')),
    close: async () => {
      await sql.onApplicationShutdown();
      await database.drop();
    },
  };
});
