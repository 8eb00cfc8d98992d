-- Refused whole messages are kept as well, of every kind.

COMMENT ON TABLE uplink_refusal IS
    'Refused messages of gateways, and refused parts of them; at most 100 per building. A row is deleted once its '
    'subject is accepted.';
COMMENT ON COLUMN uplink_refusal.message IS
    'Kind of message: inventory, opening, batch, losses, report, reported_state.';
COMMENT ON COLUMN uplink_refusal.subject IS
    'A room''s slug, the last part of a device''s id, or an entry of the inventory; * for a whole message; empty if '
    'unknown.';
