-- The data needed to account for every number that a gateway ever assigned: numbered = held + declared lost + waiting.

CREATE FUNCTION count_of_numbers(numbers int8multirange) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT coalesce(sum(upper(part) - lower(part)), 0)::bigint FROM unnest(numbers) AS part);

ALTER TABLE gateway_store
    ADD COLUMN incarnation uuid,
    ADD COLUMN stored bigint NOT NULL DEFAULT 0,
    ADD COLUMN quarantined bigint NOT NULL DEFAULT 0,
    ADD COLUMN numbered bigint,
    ADD COLUMN waiting int8multirange NOT NULL DEFAULT '{}',
    ADD COLUMN rejected jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN broker_dropped bigint NOT NULL DEFAULT 0,
    ADD COLUMN reported_at timestamptz;
UPDATE gateway_store SET stored = count_of_numbers(held);
COMMENT ON COLUMN gateway_store.held IS 'The numbers whose readings are stored or in quarantined_reading.';
COMMENT ON COLUMN gateway_store.incarnation IS
    'The store''s last acknowledged opening. A copied or restored file does not have it.';
COMMENT ON COLUMN gateway_store.stored IS
    'Rows written to reading, counted independently of held: stored + quarantined must equal the size of held.';
COMMENT ON COLUMN gateway_store.numbered IS
    'Numbers that the gateway had assigned at its last report; NULL before the first report.';
COMMENT ON COLUMN gateway_store.waiting IS 'The numbers that were waiting on the gateway at its last report.';
COMMENT ON COLUMN gateway_store.rejected IS 'Messages that the gateway could not read, by reason: {"not_json": 3}.';
COMMENT ON COLUMN gateway_store.broker_dropped IS
    'Messages dropped by the building''s broker, as far as it reports them.';

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
