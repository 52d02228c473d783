-- Subscribers that bear another name since this release: events that still wait for the old name wait for the new one.
UPDATE "outbox" SET "pending" = array_replace(array_replace(array_replace(array_replace("pending",
    'network.hold-stored', 'network.provide-stored'),
    'network.hold-restored', 'network.provide-restored'),
    'network.withdraw-gone', 'network.stop-providing-gone'),
    'network.withdraw-offloaded', 'network.stop-providing-offloaded')
  WHERE "pending" && ARRAY['network.hold-stored', 'network.hold-restored', 'network.withdraw-gone', 'network.withdraw-offloaded'];
