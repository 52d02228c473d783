-- However many ask for a DAG, one retrieval of it is under way: the second INSERT meets this index and joins the first.
CREATE UNIQUE INDEX "retrievals_one_live_per_root" ON "retrievals" ("root") WHERE "live";
