-- The sums of each series per quarter of an hour, so queries over days and years need not read every reading. They are
-- updated in the transaction that stores the readings, which is exact because each is stored once.

CREATE TABLE rollup_quarter (
    bucket timestamptz NOT NULL,
    last_time timestamptz NOT NULL,
    sum double precision NOT NULL,
    minimum double precision NOT NULL,
    maximum double precision NOT NULL,
    last_value double precision NOT NULL,
    series_id integer NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (series_id, bucket)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
COMMENT ON TABLE rollup_quarter IS
    'Sums per series and quarter of an hour, over the numbers in reading. Numbers beyond ±1e290 are left out: no '
    'measurement is that large, and their sums would overflow. Kept even if the readings are dropped for their age.';
COMMENT ON COLUMN rollup_quarter.bucket IS 'Start of the quarter of an hour, in UTC.';
COMMENT ON COLUMN rollup_quarter.last_value IS
    'The value at last_time, the latest time in the quarter; of several at that time, the last one to arrive.';

-- The quarter of an hour that contains a time.
CREATE FUNCTION quarter_of(moment timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN date_bin(INTERVAL '15 minutes', moment, TIMESTAMPTZ '2000-01-01 00:00:00+00');

-- Existing readings. Nothing may be stored between this query and the end of the migration.
LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO rollup_quarter (series_id, bucket, count, sum, minimum, maximum, last_value, last_time)
SELECT series_id, quarter_of(time), count(*), sum(number), min(number), max(number), last(number, time), max(time)
FROM reading
WHERE number BETWEEN -1e290 AND 1e290
GROUP BY 1, 2
ORDER BY 2, 1;

-- As before, and with the rollups. Every writer touches them after latest_reading, which avoids deadlocks.
CREATE OR REPLACE FUNCTION raw_data_store() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO devices (device_id, hotel_id, room_id)
    SELECT incoming.device_id, hotels.id, rooms.id
    FROM (SELECT DISTINCT device_id FROM pg_temp.raw_data_incoming) AS incoming
    LEFT JOIN hotels ON incoming.device_id ~ '^[^/]+/[^/]+/.' AND hotels.slug = split_part(incoming.device_id, '/', 1)
    LEFT JOIN (rooms JOIN floors ON floors.id = rooms.floor_id)
        ON floors.hotel_id = hotels.id AND rooms.slug = split_part(incoming.device_id, '/', 2)
    WHERE NOT EXISTS (SELECT FROM devices WHERE devices.device_id = incoming.device_id)
    ORDER BY incoming.device_id
    ON CONFLICT (device_id) DO NOTHING;

    INSERT INTO series (device, datapoint)
    SELECT DISTINCT devices.id, incoming.datapoint
    FROM pg_temp.raw_data_incoming AS incoming
    JOIN devices USING (device_id)
    WHERE NOT EXISTS (
        SELECT FROM series WHERE series.device = devices.id AND series.datapoint = incoming.datapoint)
    ORDER BY devices.id, incoming.datapoint
    ON CONFLICT (device, datapoint) DO NOTHING;

    -- Of equal times, the last row to arrive: ctid is its order in a table that only grows.
    INSERT INTO latest_reading AS latest
        (device_id, datapoint, "timestamp", datetime, value, number, ordered_by)
    SELECT
        device_id, datapoint, unix_seconds(datetime), datetime, coalesce(number::text, value), number,
        order_of_reading(datetime, now())
    FROM (
        SELECT DISTINCT ON (device_id, datapoint) device_id, datapoint, datetime, value
        FROM pg_temp.raw_data_incoming
        WHERE value IS NOT NULL
        ORDER BY device_id, datapoint, order_of_reading(datetime, now()) DESC, ctid DESC
    ) AS newest,
        LATERAL number_in(value) AS number
    ORDER BY device_id, datapoint
    ON CONFLICT (device_id, datapoint) DO UPDATE
    SET "timestamp" = excluded."timestamp", datetime = excluded.datetime, value = excluded.value,
        number = excluded.number, quality = excluded.quality, ordered_by = excluded.ordered_by
    WHERE excluded.ordered_by >= latest.ordered_by;

    WITH fresh AS MATERIALIZED (
        SELECT incoming.ctid AS place, incoming.datetime, series.id AS series_id, number, incoming.value
        FROM pg_temp.raw_data_incoming AS incoming
        JOIN devices USING (device_id)
        JOIN series ON series.device = devices.id AND series.datapoint = incoming.datapoint,
            LATERAL number_in(incoming.value) AS number
    ), stored AS (
        INSERT INTO reading (time, series_id, number, text)
        SELECT datetime, series_id, number, CASE WHEN number IS NULL THEN value END FROM fresh
    )
    INSERT INTO rollup_quarter AS rollup
        (series_id, bucket, count, sum, minimum, maximum, last_value, last_time)
    SELECT series_id, quarter_of(datetime), count(*), sum(number), min(number), max(number),
        (array_agg(number ORDER BY datetime DESC, place DESC))[1], max(datetime)
    FROM fresh
    WHERE number BETWEEN -1e290 AND 1e290
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (series_id, bucket) DO UPDATE
    SET count = rollup.count + excluded.count, sum = rollup.sum + excluded.sum,
        minimum = least(rollup.minimum, excluded.minimum), maximum = greatest(rollup.maximum, excluded.maximum),
        last_value = CASE WHEN excluded.last_time >= rollup.last_time THEN excluded.last_value
            ELSE rollup.last_value END,
        last_time = greatest(rollup.last_time, excluded.last_time);

    TRUNCATE pg_temp.raw_data_incoming;
    RETURN NULL;
END
$$;
ALTER FUNCTION raw_data_store() SET search_path FROM CURRENT;

-- The power series of each subsystem of a building, by the device's metadata, otherwise by the number at the end of the
-- meter's name.
CREATE VIEW power_meter AS
SELECT devices.hotel_id, devices.device_id, series.id AS series_id,
    coalesce(devices.metadata ->> 'subsystem',
        CASE substring(devices.slug FROM '^(?:.*[^0-9])?0*([1-9][0-9]*)$')
            WHEN '1' THEN 'ac' WHEN '2' THEN 'ac' WHEN '3' THEN 'ac'
            WHEN '4' THEN 'lighting' WHEN '5' THEN 'lighting'
            WHEN '6' THEN 'plug_load' END) AS subsystem
FROM devices
JOIN series ON series.device = devices.id AND series.datapoint = 'power_kw'
WHERE devices.hotel_id IS NOT NULL
    AND (devices.metadata ? 'subsystem' OR devices.class = 'power_meter'
        OR devices.class IS NULL AND devices.slug ~ 'meter');
COMMENT ON VIEW power_meter IS
    'The meters of each building and their subsystems: ac, lighting, plug_load or another; NULL if neither metadata '
    'nor the number in the name decides.';
