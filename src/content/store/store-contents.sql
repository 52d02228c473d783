-- The contents of a batch (their n) that would take their account over its quota. An upload is refused whole; those
-- before it count.
CREATE OR REPLACE FUNCTION over_quota(batch jsonb) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  refused int[] := '{}';
  taken jsonb := '{}';
  part record;
BEGIN
  FOR part IN
    SELECT i."userId"::text AS account, array_agg(i.n) AS members,
      CASE WHEN count(*) > 1 THEN sum(i."storedBytes") ELSE max(greatest(d.stored_bytes, i."storedBytes")) END AS bytes,
      min(q.bytes - u.bytes) AS remaining
    FROM jsonb_to_recordset(batch->'contents') AS i(n int, upload int, root text, "storedBytes" bigint, "userId" uuid)
    JOIN jsonb_to_recordset(batch->'quotas') AS q("userId" uuid, bytes bigint) USING ("userId")
    JOIN account_usage u ON u.user_id = i."userId"
    LEFT JOIN counted_dags() d ON d.root = i.root
    GROUP BY i."userId", i.upload ORDER BY i.upload
  LOOP
    IF coalesce((taken->>part.account)::bigint, 0) + part.bytes > part.remaining THEN
      refused := refused || part.members;
    ELSE
      taken := taken || jsonb_build_object(part.account, coalesce((taken->>part.account)::bigint, 0) + part.bytes);
    END IF;
  END LOOP;
  RETURN refused;
END
$$;

-- The decisive transaction, in one round trip: a batch of contents whose bytes are durable. The DAGs, their runs and
-- CARs are storage's (commit_dags); the contents that refer to them, what their accounts store, and the news are
-- written here.
--
-- batch: { "contents": [{ n, upload, root, size, storedBytes (its share of what came), userId, cid, name, type, profile, replication, pinRequestId }],
--          "dags": [{ n, root, ... }], "cars": [...],       -- what commit_dags takes; a content and its DAG have the same n
--          "quotas": [{ userId, bytes }] }                  -- of the accounts that have one; they have a row in account_usage
--
-- Of a content that is refused, content_id is null and nothing is stored; when all are, nothing at all is written.
-- What a refused upload left in a shared CAR is dead. Locks, always in this order: what accounts store, then what
-- commit_dags locks.
CREATE OR REPLACE FUNCTION store_contents(batch jsonb)
RETURNS TABLE (n int, content_id bigint, dag_id bigint, kept boolean, dag_size bigint, dag_car_bytes bigint, dag_blocks int)
LANGUAGE plpgsql
-- Also what it calls: plans that a connection made while the tables were empty are by their indexes (see add_pins).
SET enable_seqscan = off AS $$
DECLARE
  known jsonb;
  refused int[] := '{}';
BEGIN
  PERFORM hold_usage(ARRAY(SELECT DISTINCT i."userId" FROM jsonb_to_recordset(batch->'contents') AS i("userId" uuid)));
  IF jsonb_array_length(coalesce(batch->'quotas', '[]')) > 0 THEN
    refused := over_quota(batch);
  END IF;
  IF cardinality(refused) > 0 THEN
    RETURN QUERY SELECT r, NULL::bigint, NULL::bigint, false, NULL::bigint, NULL::bigint, NULL::int FROM unnest(refused) AS r;
    IF cardinality(refused) = jsonb_array_length(batch->'contents') THEN
      RETURN;
    END IF;
    batch := without_refused(batch, refused);
  END IF;

  SELECT jsonb_agg(to_jsonb(d)) INTO known FROM commit_dags(batch) AS d;

  RETURN QUERY
  WITH item AS MATERIALIZED (
    SELECT i.*, nextval('contents_id_seq') AS id FROM jsonb_to_recordset(batch->'contents')
      AS i(n int, upload int, root text, "storedBytes" bigint, "userId" uuid, cid text, name text, type text,
           profile text, replication smallint, "pinRequestId" uuid)
  ), dag AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(known) AS k(dag_id bigint, root text, size bigint, car_bytes bigint, blocks int, kept int)
  ), counted AS MATERIALIZED (
    -- What was sent counts, also where the root was here already: other blocks that came along are held all the same.
    -- Roots that came together share what came: what each of them leads to is in it.
    -- One look at an index each: a join reads all DAGs while the table is not analysed.
    SELECT item.id,
      CASE WHEN count(*) OVER (PARTITION BY item.upload) > 1 THEN item."storedBytes"
        ELSE greatest((SELECT d.stored_bytes FROM counted_dags() d WHERE d.dag_id = dag.dag_id), item."storedBytes") END AS bytes,
      CASE WHEN count(*) OVER (PARTITION BY item.upload) > 1 THEN min(item.id) OVER (PARTITION BY item.upload) END AS upload_id
    FROM item JOIN dag USING (root)
  ), content AS (
    INSERT INTO contents (id, user_id, dag_id, cid, name, type, size, stored_bytes, upload_id, profile, replication, pin_request_id)
    SELECT item.id, item."userId", dag.dag_id, item.cid, item.name, item.type, dag.size, counted.bytes, counted.upload_id,
      item.profile, item.replication, item."pinRequestId"
    FROM item JOIN dag USING (root) JOIN counted ON counted.id = item.id
  ), usage AS (
    UPDATE account_usage u SET bytes = u.bytes + stored.bytes, contents = u.contents + stored.contents
    FROM (SELECT item."userId", sum(counted.bytes) AS bytes, count(*) AS contents
          FROM item JOIN counted ON counted.id = item.id GROUP BY 1) AS stored
    WHERE u.user_id = stored."userId"
  ), announced AS MATERIALIZED (
    SELECT announce('content.stored', jsonb_build_object('contents', jsonb_agg(jsonb_build_object(
      'contentId', item.id::text, 'userId', item."userId", 'cid', item.cid, 'size', dag.size) ORDER BY item.id)))::text
    FROM item JOIN dag USING (root)
  )
  SELECT item.n, item.id, dag.dag_id, coalesce(dag.kept = item.n, false), dag.size, dag.car_bytes, dag.blocks
  FROM item JOIN dag USING (root) CROSS JOIN announced ORDER BY item.n;

  IF jsonb_path_exists(known, '$[*] ? (@.restored == true)') THEN
    WITH back AS (
      UPDATE contents c SET state = 'stored', updated_at = now()
      FROM jsonb_to_recordset(known) AS k(dag_id bigint, restored boolean)
      WHERE k.restored AND c.dag_id = k.dag_id AND c.state = 'offloaded' RETURNING c.id
    )
    INSERT INTO content_moves (content_id, "from", "to", cause) SELECT id, 'offloaded', 'stored', 'its bytes were uploaded again' FROM back;
  END IF;
END
$$;

-- The batch without the contents that are refused: the bytes of their DAGs are dead.
CREATE OR REPLACE FUNCTION without_refused(batch jsonb, refused int[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT batch || jsonb_build_object(
    'contents', (SELECT jsonb_agg(item) FROM jsonb_array_elements(batch->'contents') AS item WHERE NOT (item->>'n')::int = ANY (refused)),
    'dags', (SELECT jsonb_agg(item) FROM jsonb_array_elements(batch->'dags') AS item WHERE NOT (item->>'n')::int = ANY (refused)),
    'dead', (SELECT jsonb_agg(run) FROM jsonb_array_elements(batch->'dags') AS item, jsonb_array_elements(item->'runs') AS run
             WHERE (item->>'n')::int = ANY (refused)))
$$;
