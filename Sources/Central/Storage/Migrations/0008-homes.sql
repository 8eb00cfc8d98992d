-- Devices that produce, store and consume electricity in a home: what their owner registered, next to the device that
-- sends.

CREATE TABLE home_devices (
    device integer PRIMARY KEY REFERENCES devices (id),
    hotel_id integer NOT NULL REFERENCES hotels (id),
    public_id text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', ''),
    type text NOT NULL CHECK (type IN ('solar_panel', 'battery', 'electric_vehicle', 'appliance')),
    name text NOT NULL CHECK (name <> ''),
    description text,
    is_active boolean NOT NULL DEFAULT true,
    rated_watts double precision CHECK (rated_watts > 0),
    capacity_wh double precision CHECK (capacity_wh > 0),
    charge_limit_watts double precision CHECK (charge_limit_watts > 0),
    discharge_limit_watts double precision CHECK (discharge_limit_watts > 0),
    registered_charge_wh double precision CHECK (registered_charge_wh BETWEEN 0 AND capacity_wh),
    registered_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((rated_watts IS NOT NULL) = (type IN ('solar_panel', 'appliance'))),
    CHECK ((capacity_wh IS NOT NULL) = (type IN ('battery', 'electric_vehicle'))),
    CHECK ((charge_limit_watts IS NOT NULL) = (capacity_wh IS NOT NULL)),
    CHECK ((discharge_limit_watts IS NOT NULL) = (capacity_wh IS NOT NULL))
);
CREATE INDEX home_devices_of_hotel ON home_devices (hotel_id, device);
-- For lists of one type, and of storage devices.
CREATE INDEX home_devices_of_type ON home_devices (type, device);
CREATE INDEX home_devices_storage ON home_devices (device) WHERE capacity_wh IS NOT NULL;
COMMENT ON TABLE home_devices IS 'Registered solar panels, batteries, cars and appliances.';
COMMENT ON COLUMN home_devices.device IS 'The device under which its readings are stored: power_w and charge_wh.';
COMMENT ON COLUMN home_devices.public_id IS 'Its id for clients. Random.';
COMMENT ON COLUMN home_devices.rated_watts IS 'The peak power of a solar panel, or the average power of an appliance.';
COMMENT ON COLUMN home_devices.registered_charge_wh IS
    'Its charge at registration; used until the device reports its charge.';

-- The current state of each active home device, in a narrow table: the energy summary of a hundred thousand devices is
-- one scan of it.

CREATE TABLE home_state (
    device integer PRIMARY KEY REFERENCES home_devices (device) ON DELETE CASCADE,
    hotel_id integer NOT NULL,
    power_time timestamptz,
    watts double precision,
    capacity_wh double precision,
    charge_wh double precision
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX home_state_of_hotel ON home_state (hotel_id);
CREATE INDEX home_state_storage ON home_state (device) WHERE capacity_wh IS NOT NULL;
COMMENT ON TABLE home_state IS
    'The current state of each active home device, kept by triggers on home_devices and latest_reading, however '
    'readings arrive.';
COMMENT ON COLUMN home_state.power_time IS 'Time of the power reading.';
COMMENT ON COLUMN home_state.watts IS
    'Positive when producing, negative when consuming; never positive for an appliance.';
COMMENT ON COLUMN home_state.capacity_wh IS 'NULL if the device does not store energy.';
COMMENT ON COLUMN home_state.charge_wh IS
    'The last reported charge, or the registered one, within 0 and its capacity; NULL if unknown.';

-- The power of a device of that type, from a reading's number. Values beyond ±1e290 are not measurements.
CREATE FUNCTION home_watts(type text, number double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN number BETWEEN -1e290 AND 1e290
        THEN CASE WHEN type = 'appliance' THEN -abs(number) ELSE number END END;

-- The charge of a device, from a reading's number.
CREATE FUNCTION home_charge(number double precision, registered double precision, capacity double precision)
    RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN capacity IS NOT NULL AND (number BETWEEN -1e290 AND 1e290 OR registered IS NOT NULL)
        THEN least(greatest(CASE WHEN number BETWEEN -1e290 AND 1e290 THEN number ELSE registered END, 0), capacity)
    END;

-- A device is registered, changed or deactivated.
CREATE FUNCTION home_device_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
DECLARE
    name text;
BEGIN
    IF NOT NEW.is_active THEN
        DELETE FROM home_state WHERE device = NEW.device;
        RETURN NULL;
    END IF;
    -- A reading may be stored at this moment: either this statement waits for it, or the reading waits and then finds
    -- the row. A first reading waits for the device's row because of its foreign key.
    SELECT device_id INTO name FROM devices WHERE id = NEW.device;
    PERFORM FROM latest_reading
    WHERE device_id = name AND datapoint IN ('charge_wh', 'power_w') ORDER BY datapoint FOR UPDATE;
    PERFORM FROM devices WHERE id = NEW.device FOR UPDATE;
    INSERT INTO home_state (device, hotel_id, power_time, watts, capacity_wh, charge_wh)
    SELECT NEW.device, NEW.hotel_id, power.datetime, home_watts(NEW.type, power.number), NEW.capacity_wh,
        home_charge(charge.number, NEW.registered_charge_wh, NEW.capacity_wh)
    FROM (SELECT) AS one
    LEFT JOIN latest_reading AS power ON power.device_id = name AND power.datapoint = 'power_w'
    LEFT JOIN latest_reading AS charge ON charge.device_id = name AND charge.datapoint = 'charge_wh'
    ON CONFLICT (device) DO UPDATE
    SET hotel_id = excluded.hotel_id, power_time = excluded.power_time, watts = excluded.watts,
        capacity_wh = excluded.capacity_wh, charge_wh = excluded.charge_wh;
    RETURN NULL;
END
$$;
CREATE TRIGGER home_device_changed
AFTER INSERT OR UPDATE OF hotel_id, type, is_active, capacity_wh, registered_charge_wh ON home_devices
FOR EACH ROW EXECUTE FUNCTION home_device_changed();

-- New readings, once per statement. A session keeps its plan, however many rows the next statement has, so each row
-- must be looked up by index.
CREATE FUNCTION home_reading_stored() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    UPDATE home_state AS state
    SET power_time = CASE WHEN sent.has_power THEN sent.power_time ELSE state.power_time END,
        watts = CASE WHEN sent.has_power THEN home_watts(home.type, sent.power) ELSE state.watts END,
        charge_wh = CASE WHEN sent.has_charge
            THEN home_charge(sent.charge, home.registered_charge_wh, home.capacity_wh) ELSE state.charge_wh END
    FROM (
        SELECT device_id, bool_or(datapoint = 'power_w') AS has_power, bool_or(datapoint = 'charge_wh') AS has_charge,
            max(datetime) FILTER (WHERE datapoint = 'power_w') AS power_time,
            max(number) FILTER (WHERE datapoint = 'power_w') AS power,
            max(number) FILTER (WHERE datapoint = 'charge_wh') AS charge
        FROM fresh WHERE datapoint IN ('power_w', 'charge_wh') GROUP BY device_id
    ) AS sent
    JOIN devices ON devices.device_id = sent.device_id
    JOIN home_devices AS home ON home.device = devices.id
    WHERE state.device = home.device;
    RETURN NULL;
END
$$;
CREATE TRIGGER home_reading_inserted AFTER INSERT ON latest_reading
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION home_reading_stored();
CREATE TRIGGER home_reading_updated AFTER UPDATE ON latest_reading
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION home_reading_stored();
