-- The contents of a batch (their n) that would take their account over its quota. An upload is refused whole; those before it count.
CREATE OR REPLACE FUNCTION over_quota(batch jsonb) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  refused int[] := '{}';
  taken jsonb := '{}';
  part record;
BEGIN
  FOR part IN
    SELECT i."userId"::text AS account, array_agg(i.n) AS members, sum(coalesce(d.size, i.size)) AS bytes, min(q.bytes - u.bytes) AS remaining
    FROM jsonb_to_recordset(batch->'contents') AS i(n int, upload int, root text, size bigint, "userId" uuid)
    JOIN jsonb_to_recordset(batch->'quotas') AS q("userId" uuid, bytes bigint) USING ("userId")
    JOIN account_usage u ON u.user_id = i."userId"
    LEFT JOIN dags d ON d.root = i.root
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

-- Stores a batch of contents whose bytes are durable: one round trip, one transaction (docs/decisions: one committer per segment).
--
-- batch: { "contents": [{ n, upload, root, size, carBytes, blocks, runs: [{ carId, seq, offset, length }], userId, cid, name, type,
--                         profile, replication, pinRequestId }],
--          "cars": [{ id, bytes, seal: { root, terms, userId } | null }],
--          "quotas": [{ userId, bytes }] }
--
-- The row of a root in "dags" is the lock: commits and deletions of one root take turns, in the order of their roots.
-- The first content of a root that nobody holds hot gives its runs; of all others the bytes are dead.
--
-- quotas: of the accounts that have one (they have a row in account_usage); each content says to which upload of the batch it belongs. Of a
-- content that is refused, content_id is null and nothing is stored; when all are, nothing at all is written. What a refused upload left in a
-- shared CAR is dead.
CREATE OR REPLACE FUNCTION store_contents(batch jsonb)
RETURNS TABLE (n int, content_id bigint, dag_id bigint, kept boolean, dag_size bigint, dag_car_bytes bigint, dag_blocks int)
LANGUAGE plpgsql AS $$
DECLARE
  known jsonb;
  cold bigint[];
  written int;
  refused int[] := '{}';
  refused_runs jsonb;
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
    SELECT jsonb_agg(run.value) INTO refused_runs
      FROM jsonb_array_elements(batch->'contents') AS item, jsonb_array_elements(item.value->'runs') AS run
      WHERE (item.value->>'n')::int = ANY (refused);
    SELECT jsonb_set(batch, '{contents}', jsonb_agg(item.value)) INTO batch
      FROM jsonb_array_elements(batch->'contents') AS item WHERE NOT (item.value->>'n')::int = ANY (refused);
  END IF;

  WITH item AS (
    SELECT DISTINCT ON (i.root) i.* FROM jsonb_to_recordset(batch->'contents')
      AS i(n int, root text, size bigint, "carBytes" bigint, blocks int) ORDER BY i.root, i.n
  ), locked AS (
    INSERT INTO dags AS d (root, size, car_bytes, blocks)
    SELECT i.root, i.size, i."carBytes", i.blocks FROM item i ORDER BY i.root
    ON CONFLICT (root) DO UPDATE SET root = EXCLUDED.root
    RETURNING d.id, d.root, d.size, d.car_bytes, d.blocks, d.hot, (d.xmax = 0) AS fresh
  )
  SELECT jsonb_agg(jsonb_build_object('id', l.id, 'root', l.root, 'size', l.size, 'carBytes', l.car_bytes, 'blocks', l.blocks,
                                      'n', CASE WHEN l.fresh OR NOT l.hot THEN item.n END)),
         array_agg(l.id) FILTER (WHERE NOT l.hot)
    INTO known, cold FROM locked l JOIN item USING (root);

  RETURN QUERY
  WITH item AS MATERIALIZED (
    SELECT i.*, nextval('contents_id_seq') AS id FROM jsonb_to_recordset(batch->'contents')
      AS i(n int, root text, size bigint, runs jsonb, "userId" uuid, cid text, name text, type text, profile text,
           replication smallint, "pinRequestId" uuid)
  ), dag AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(known) AS k(id bigint, root text, size bigint, "carBytes" bigint, blocks int, n int)
  ), run AS (
    INSERT INTO runs (dag_id, copy, seq, car_id, "offset", length)
    SELECT dag.id, coalesce((SELECT max(r.copy) + 1 FROM runs r WHERE r.dag_id = dag.id), 0), x.seq, x."carId", x."offset", x.length
    FROM item JOIN dag ON dag.root = item.root AND dag.n = item.n
    CROSS JOIN LATERAL jsonb_to_recordset(item.runs) AS x("carId" uuid, seq int, "offset" bigint, length bigint)
  ), content AS (
    INSERT INTO contents (id, user_id, dag_id, cid, name, type, size, profile, replication, pin_request_id)
    SELECT item.id, item."userId", dag.id, item.cid, item.name, item.type, dag.size, item.profile, item.replication, item."pinRequestId"
    FROM item JOIN dag USING (root)
  ), usage AS (
    UPDATE account_usage u SET bytes = u.bytes + stored.bytes, contents = u.contents + stored.contents
    FROM (SELECT item."userId", sum(dag.size) AS bytes, count(*) AS contents FROM item JOIN dag USING (root) GROUP BY 1) AS stored
    WHERE u.user_id = stored."userId"
  ), event AS (
    INSERT INTO outbox (name, payload)
    SELECT 'content.stored', jsonb_build_object('contents', jsonb_agg(jsonb_build_object(
      'contentId', item.id::text, 'userId', item."userId", 'cid', item.cid, 'size', dag.size) ORDER BY item.id))
    FROM item JOIN dag USING (root)
  )
  SELECT item.n, item.id, dag.id, coalesce(dag.n = item.n, false), dag.size, dag."carBytes", dag.blocks
  FROM item JOIN dag USING (root) ORDER BY item.n;

  IF cold IS NOT NULL THEN
    UPDATE dags SET hot = true WHERE id = ANY (cold);
    WITH moved AS (
      UPDATE contents SET state = 'stored', updated_at = now() WHERE contents.dag_id = ANY (cold) AND state = 'offloaded' RETURNING id
    )
    INSERT INTO content_moves (content_id, "from", "to", cause) SELECT id, 'offloaded', 'stored', 'its bytes were uploaded again' FROM moved;
  END IF;

  WITH dead AS (
    SELECT x."carId", x.length
    FROM jsonb_to_recordset(batch->'contents') AS i(n int, root text, runs jsonb)
    JOIN jsonb_to_recordset(known) AS k(root text, n int) ON k.root = i.root AND k.n IS DISTINCT FROM i.n
    CROSS JOIN LATERAL jsonb_to_recordset(i.runs) AS x("carId" uuid, length bigint)
    UNION ALL SELECT x."carId", x.length FROM jsonb_to_recordset(coalesce(refused_runs, '[]')) AS x("carId" uuid, length bigint)
  ), loser AS (
    SELECT "carId", sum(length) AS bytes FROM dead GROUP BY 1
  )
  UPDATE cars c SET bytes = greatest(c.bytes, w.bytes), dead_bytes = c.dead_bytes + coalesce((SELECT l.bytes FROM loser l WHERE l."carId" = c.id), 0)
  FROM jsonb_to_recordset(batch->'cars') AS w(id uuid, bytes bigint) WHERE c.id = w.id AND c.state = 'open';
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> jsonb_array_length(batch->'cars') THEN
    RAISE EXCEPTION 'a CAR of this batch is not open any more';
  END IF;

  IF jsonb_path_exists(batch, '$.cars[*].seal ? (@ != null)') THEN
    WITH ended AS (
      SELECT w.id, w.seal FROM jsonb_to_recordset(batch->'cars') AS w(id uuid, seal jsonb) WHERE w.seal IS NOT NULL
    ), sealed AS (
      UPDATE cars c SET state = 'sealed', sealed_at = now(), root = e.seal->>'root', terms = nullif(e.seal->'terms', 'null'::jsonb), user_id = (e.seal->>'userId')::uuid
      FROM ended e WHERE c.id = e.id AND EXISTS (SELECT FROM runs r WHERE r.car_id = c.id)
      RETURNING c.id, c.root, c.bytes, c.kind, c.terms, c.user_id
    )
    INSERT INTO outbox (name, payload)
    SELECT 'car.sealed', jsonb_build_object('carId', id, 'root', root, 'carBytes', bytes, 'kind', kind, 'terms', terms, 'userId', user_id) FROM sealed;

    UPDATE cars c SET state = 'discarded', hot = false
    FROM jsonb_to_recordset(batch->'cars') AS w(id uuid, seal jsonb) WHERE w.seal IS NOT NULL AND c.id = w.id AND c.state = 'open';
  END IF;

  PERFORM pg_notify('tidewater_outbox', '');
END
$$;
