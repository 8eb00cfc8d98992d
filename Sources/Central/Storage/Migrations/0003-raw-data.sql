-- raw_data: the readings as five columns, for any tool that reads, inserts or COPYs.

CREATE VIEW raw_data AS
SELECT
    unix_seconds(reading.time) AS "timestamp",
    reading.time AS datetime,
    devices.device_id,
    series.datapoint,
    coalesce(reading.number::text, reading.text) AS value
FROM reading
JOIN series ON series.id = reading.series_id
JOIN devices ON devices.id = series.device;
COMMENT ON VIEW raw_data IS
    'All readings. Filter by datetime rather than by timestamp: only datetime can use an index.';

-- The number in a text; NULL if there is none, or none that fits a double precision.
CREATE FUNCTION number_in(value text) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF length(value) > 64 OR value !~ '^ *[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})? *$' THEN
        RETURN NULL;
    ELSIF value !~ '[eE]' THEN
        RETURN value::double precision;
    END IF;
    BEGIN
        RETURN value::double precision;
    EXCEPTION WHEN numeric_value_out_of_range THEN
        RETURN NULL;
    END;
END
$$;

-- Rows are collected as they arrive and stored together at the end of the statement. This is many times faster than one
-- by one, and touches each latest_reading once.
CREATE FUNCTION raw_data_begin() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF to_regclass('pg_temp.raw_data_incoming') IS NULL THEN
        CREATE TEMPORARY TABLE raw_data_incoming (
            datetime timestamptz NOT NULL, device_id text NOT NULL, datapoint text NOT NULL, value text);
    END IF;
    RETURN NULL;
END
$$;

-- Runs for every row, so it uses built-in functions only, whatever the caller's search path.
CREATE FUNCTION raw_data_take() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.device_id IS NULL OR NEW.device_id = '' OR NEW.datapoint IS NULL OR NEW.datapoint = '' THEN
        RAISE EXCEPTION 'raw_data: a row needs a device_id and a datapoint'
            USING ERRCODE = 'not_null_violation',
                DETAIL = format('device_id is %L, datapoint is %L.', NEW.device_id, NEW.datapoint);
    END IF;
    -- datetime is more precise and takes precedence if both are given.
    NEW.datetime := coalesce(NEW.datetime, to_timestamp(NEW."timestamp"));
    IF NEW.datetime IS NULL OR NOT isfinite(NEW.datetime) THEN
        RAISE EXCEPTION 'raw_data: a row needs a timestamp or a datetime'
            USING ERRCODE = 'not_null_violation',
                DETAIL = format('The row of device_id %L, datapoint %L has neither.', NEW.device_id, NEW.datapoint),
                HINT = 'Give timestamp as Unix seconds, or datetime with its offset from UTC.';
    END IF;
    NEW."timestamp" := least(greatest(floor(date_part('epoch', NEW.datetime)), -2147483648), 2147483647);
    INSERT INTO pg_temp.raw_data_incoming (datetime, device_id, datapoint, value)
    VALUES (NEW.datetime, NEW.device_id, NEW.datapoint, NEW.value);
    RETURN NEW;
END
$$;

CREATE FUNCTION raw_data_store() RETURNS trigger LANGUAGE plpgsql
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

    INSERT INTO reading (time, series_id, number, text)
    SELECT incoming.datetime, series.id, number, CASE WHEN number IS NULL THEN incoming.value END
    FROM pg_temp.raw_data_incoming AS incoming
    JOIN devices USING (device_id)
    JOIN series ON series.device = devices.id AND series.datapoint = incoming.datapoint,
        LATERAL number_in(incoming.value) AS number;

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

    TRUNCATE pg_temp.raw_data_incoming;
    RETURN NULL;
END
$$;

-- The writer may have another search path; pg_restore has none.
ALTER FUNCTION raw_data_store() SET search_path FROM CURRENT;

CREATE TRIGGER raw_data_begin BEFORE INSERT ON raw_data FOR EACH STATEMENT EXECUTE FUNCTION raw_data_begin();
CREATE TRIGGER raw_data_take INSTEAD OF INSERT ON raw_data FOR EACH ROW EXECUTE FUNCTION raw_data_take();
CREATE TRIGGER raw_data_store AFTER INSERT ON raw_data FOR EACH STATEMENT EXECUTE FUNCTION raw_data_store();
