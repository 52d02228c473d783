-- A connection keeps a function's plans from when the tables were empty and reading them whole was cheap, until they are analysed. By their indexes, then, whatever the size.
ALTER FUNCTION add_pins(jsonb, timestamptz) SET enable_seqscan = off;
ALTER FUNCTION fold_pin_deltas(int) SET enable_seqscan = off;
