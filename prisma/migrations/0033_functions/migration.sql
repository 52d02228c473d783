-- Made by scripts/prisma-migration.mjs --functions out of the files of src/ that changed.

SET check_function_bodies = off;

-- file announce.sql sha256 48f187f4309b89963c8d48ecbbba11504991476b3b31f10fb99ffc136cca4497
-- Announces a fact from within a function of SQL: the same row and the same wake-up as Outbox.add, in the same transaction as the change
-- it speaks of. The payload is not checked here: whoever calls it has a test that holds it against the event's schema.
CREATE OR REPLACE FUNCTION announce(event text, payload jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO outbox (name, payload) VALUES (event, payload);
  SELECT pg_notify('tidewater_outbox', '');
$$;

RESET check_function_bodies;
