-- Heartbeats bear the node's name now, `<node id>/<role>`; those of the last release would stay for ever.
DELETE FROM "processes" WHERE "name" IN ('api', 'worker');
