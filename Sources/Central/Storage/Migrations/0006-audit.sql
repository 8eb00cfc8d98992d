-- What is needed to account for every number that a gateway ever gave: numbered = held + declared lost + waiting.

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
COMMENT ON COLUMN gateway_store.held IS 'The numbers whose readings are stored, or stand in quarantined_reading.';
COMMENT ON COLUMN gateway_store.incarnation IS
    'The store''s latest opening that was acknowledged. A copied or restored file does not know it.';
COMMENT ON COLUMN gateway_store.stored IS
    'How many rows went into reading, counted as they went, apart from held: with quarantined it must give its size.';
COMMENT ON COLUMN gateway_store.numbered IS 'How many numbers the gateway gave, as it last reported; empty: never.';
COMMENT ON COLUMN gateway_store.waiting IS 'The numbers that waited on the gateway when it last reported.';
COMMENT ON COLUMN gateway_store.rejected IS 'Messages that the gateway could not read, by reason: {"not_json": 3}.';
COMMENT ON COLUMN gateway_store.broker_dropped IS 'Messages that the building''s broker dropped, as far as it tells.';

CREATE TABLE declared_loss (
    store_id uuid NOT NULL REFERENCES gateway_store (store_id),
    reason text NOT NULL CHECK (reason IN ('buffer_full', 'corrupt', 'operator')),
    numbers int8multirange NOT NULL,
    declared_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (store_id, reason)
);
COMMENT ON TABLE declared_loss IS
    'Numbers that gateways had to give up. Each has one reason, the first that was given. What is held all the same is '
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
    'Readings that this database refused, whole, and why: sql_state and message are its own. Their numbers are held.';
