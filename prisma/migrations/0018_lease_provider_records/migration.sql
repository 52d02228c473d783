-- The three columns of every leased table: when it is to be worked on next, until when somebody works on it, and the fencing number.
ALTER TABLE "announcements" RENAME COLUMN "due_at" TO "next_check_at";
ALTER TABLE "announcements" RENAME COLUMN "claim" TO "lease_number";
ALTER INDEX "announcements_due_at_idx" RENAME TO "announcements_next_check_at_idx";
ALTER INDEX "announcements_untold_idx" RENAME TO "announcements_unannounced_idx";
