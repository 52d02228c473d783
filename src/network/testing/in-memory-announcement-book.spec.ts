import { describeAnnouncementBookContract } from './announcement-book.contract.js';
import { InMemoryAnnouncementBook } from './in-memory-announcement-book.js';

describeAnnouncementBookContract('in memory', (clock) => {
  const book = new InMemoryAnnouncementBook(clock);
  return Promise.resolve({ book, empty: () => Promise.resolve(book.clear()), close: () => Promise.resolve() });
});
