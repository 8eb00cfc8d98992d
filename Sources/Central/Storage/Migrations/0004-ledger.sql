-- The ledger: which numbered readings of which gateway's store are held here. It is updated in the transaction that
-- stores them, so each reading is stored exactly once, however often and in whatever order it is sent. It also accounts
-- for every number that a gateway ever assigned: numbered = stored + quarantined + declared lost + waiting.

CREATE TABLE gateway_store (
    store_id uuid PRIMARY KEY,
    hotel_id integer NOT NULL REFERENCES hotels (id),
    incarnation uuid,
    held int8multirange NOT NULL DEFAULT '{}',
    stored bigint NOT NULL DEFAULT 0,
    quarantined bigint NOT NULL DEFAULT 0,
    numbered bigint,
    waiting int8multirange NOT NULL DEFAULT '{}',
    rejected jsonb NOT NULL DEFAULT '{}',
    broker_dropped bigint NOT NULL DEFAULT 0,
    redelivered bigint NOT NULL DEFAULT 0,
    first_seen timestamptz NOT NULL DEFAULT now(),
    last_seen timestamptz NOT NULL DEFAULT now(),
    reported_at timestamptz
);
CREATE INDEX gateway_store_of_hotel ON gateway_store (hotel_id);
COMMENT ON TABLE gateway_store IS 'The stores that gateways send from. A new file on a gateway is a new store.';
COMMENT ON COLUMN gateway_store.incarnation IS
    'The store''s last acknowledged opening. A copied or restored file does not have it.';
COMMENT ON COLUMN gateway_store.held IS 'The numbers whose readings are stored or in quarantined_reading.';
COMMENT ON COLUMN gateway_store.stored IS
    'Rows written to reading, counted independently of held: stored + quarantined must equal the size of held.';
COMMENT ON COLUMN gateway_store.quarantined IS 'Rows written to quarantined_reading, counted likewise.';
COMMENT ON COLUMN gateway_store.numbered IS
    'Numbers that the gateway had assigned at its last report; NULL before the first report.';
COMMENT ON COLUMN gateway_store.waiting IS 'The numbers that were waiting on the gateway at its last report.';
COMMENT ON COLUMN gateway_store.rejected IS 'Messages that the gateway could not read, by reason: {"not_json": 3}.';
COMMENT ON COLUMN gateway_store.broker_dropped IS
    'Messages dropped by the building''s broker, as far as it reports them.';
COMMENT ON COLUMN gateway_store.redelivered IS
    'Messages redelivered by the building''s broker that the gateway left out because it had already stored them. They '
    'never had a number, so they are not part of the account.';
COMMENT ON COLUMN gateway_store.reported_at IS 'Time of the gateway''s last report; NULL before the first.';

-- The count of numbers in a set.
CREATE FUNCTION count_of_numbers(numbers int8multirange) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT coalesce(sum(upper(part) - lower(part)), 0)::bigint FROM unnest(numbers) AS part);

CREATE TABLE declared_loss (
    store_id uuid NOT NULL REFERENCES gateway_store (store_id),
    reason text NOT NULL CHECK (reason IN ('buffer_full', 'corrupt', 'operator')),
    numbers int8multirange NOT NULL,
    declared_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (store_id, reason)
);
COMMENT ON TABLE declared_loss IS
    'Numbers that gateways had to give up. Each has one reason, the first that was given. Numbers that are held are '
    'not lost.';

CREATE TABLE quarantined_reading (
    store_id uuid NOT NULL REFERENCES gateway_store (store_id),
    number bigint NOT NULL,
    device_id text NOT NULL,
    datapoint text NOT NULL,
    time timestamptz NOT NULL,
    received timestamptz NOT NULL,
    clock_trusted boolean NOT NULL,
    quality smallint NOT NULL,
    value text NOT NULL,
    sql_state text NOT NULL,
    message text NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (store_id, number)
);
COMMENT ON TABLE quarantined_reading IS
    'Complete readings that this database refused, with its reason in sql_state and message. Their numbers are held.';

-- The messages of gateways, and the parts of them, that are refused for good, so that people see them on this side as
-- well. Sent again, they would be refused again.
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
    'Refused messages of gateways, and refused parts of them; at most 100 per building. A row is deleted once its '
    'subject is accepted.';
COMMENT ON COLUMN uplink_refusal.message IS
    'Kind of message: inventory, opening, batch, losses, report, reported_state.';
COMMENT ON COLUMN uplink_refusal.subject IS
    'A room''s slug, the last part of a device''s id, or an entry of the inventory; * for a whole message; empty if '
    'unknown.';
COMMENT ON COLUMN uplink_refusal.reason IS 'For people.';
