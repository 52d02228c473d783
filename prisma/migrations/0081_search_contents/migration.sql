-- Words that owners put on their contents.
CREATE TABLE "content_tags" (
    "content_id" BIGINT NOT NULL,
    "tag" TEXT NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "content_tags_pkey" PRIMARY KEY ("content_id","tag")
);

-- What Prisma's schema cannot say: by the bytes of the text, whatever the database's collation is.
CREATE INDEX "content_tags_user_id_tag_idx" ON "content_tags" ("user_id", "tag" COLLATE "C", "content_id" DESC);

-- An account's contents by name and by size: order, pages and beginnings of names.
CREATE INDEX "contents_user_id_name_idx" ON "contents" ("user_id", (lower("name") COLLATE "C"), "id") WHERE "state" <> 'deleted';

CREATE INDEX "contents_user_id_size_idx" ON "contents" ("user_id", "size", "id") WHERE "state" <> 'deleted';
