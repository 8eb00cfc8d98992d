-- Whole messages are kept as well, of every kind.

COMMENT ON TABLE uplink_refusal IS
    'Gateways'' messages, and parts of them, that were refused; at most 100 per building. A row goes when its subject is taken.';
COMMENT ON COLUMN uplink_refusal.message IS 'Kind of message: inventory, opening, batch, losses, report, holdings.';
COMMENT ON COLUMN uplink_refusal.subject IS
    'A room''s slug, the last part of a device''s id, an entry of the inventory; * for a whole message; empty if nobody could tell.';
