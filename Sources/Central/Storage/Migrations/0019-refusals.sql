-- The parts of gateways' messages that are refused for good, so that people see them on this side as well. Sent again,
-- they would be refused again.

CREATE TABLE uplink_refusal (
    hotel_id integer NOT NULL REFERENCES hotels (id),
    message text NOT NULL CHECK (message <> ''),
    subject text NOT NULL,
    reason text NOT NULL,
    count bigint NOT NULL DEFAULT 1 CHECK (count > 0),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (hotel_id, message, subject)
);
COMMENT ON TABLE uplink_refusal IS
    'Refused parts of gateways'' messages, at most 100 per building. A row is deleted once its subject is accepted.';
COMMENT ON COLUMN uplink_refusal.message IS 'reported_state: the state that a gateway reports to be in force.';
COMMENT ON COLUMN uplink_refusal.subject IS 'A room''s slug, or the last part of a device''s id; empty if unknown.';
COMMENT ON COLUMN uplink_refusal.reason IS 'For people.';
