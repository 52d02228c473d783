import { sql } from '../../platform/prisma/index.js';
/** CARs that nobody knew, as they were before their DAGs were committed, each with its copy here. UUIDs of version 7 tell when. */ export const ADD_CARS = sql(`
WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS c(id uuid, kind text)),
  car AS (
    INSERT INTO cars (id, kind, owner, state, created_at)
    SELECT id, kind, $2, 'open', to_timestamp(('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0) FROM given)
INSERT INTO car_copies (car_id, place, state) SELECT id, $3, 'writing' FROM given`);
/** The storage half of what stores an upload: see commit-dags.sql. */ export const COMMIT_DAGS = sql('SELECT root, kept FROM commit_dags($1::jsonb)');
/** Those that were finished are sealed again. No deal is made of them: who paid for which is not known any more. */ export const SEAL_CARS = sql(`
WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS c(id uuid, root text, "deadBytes" bigint)),
  ended AS (
    UPDATE cars SET state = 'sealed', sealed_at = now(), root = g.root, dead_bytes = g."deadBytes"
    FROM given g WHERE cars.id = g.id AND g.root IS NOT NULL RETURNING cars.id)
UPDATE car_copies k SET state = 'verified', bytes = c.bytes, verified_at = now()
FROM ended e JOIN cars c ON c.id = e.id WHERE k.car_id = e.id`);

//# sourceMappingURL=rebuild.sql.js.map
