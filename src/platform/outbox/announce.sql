-- Announces a fact from within a function of SQL: the same row and the same wake-up as Outbox.add, in the same
-- transaction as the change it speaks of. The payload is not checked here: whoever calls it has a test that holds it
-- against the event's schema.
CREATE OR REPLACE FUNCTION announce(event text, payload jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO outbox (name, payload) VALUES (event, payload);
  SELECT pg_notify('tidewater_outbox', '');
$$;
