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
    wished_mode text CHECK (wished_mode IN ('charging', 'discharging', 'idle')),
    wished_watts double precision CHECK (wished_watts >= 0),
    desired_version integer NOT NULL DEFAULT 0,
    wished_at timestamptz,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((rated_watts IS NOT NULL) = (type IN ('solar_panel', 'appliance'))),
    CHECK ((capacity_wh IS NOT NULL) = (type IN ('battery', 'electric_vehicle'))),
    CHECK ((charge_limit_watts IS NOT NULL) = (capacity_wh IS NOT NULL)),
    CHECK ((discharge_limit_watts IS NOT NULL) = (capacity_wh IS NOT NULL)),
    CHECK (wished_mode IS NULL OR capacity_wh IS NOT NULL)
);
CREATE INDEX home_devices_of_hotel ON home_devices (hotel_id, device);
COMMENT ON TABLE home_devices IS 'Registered solar panels, batteries, cars and appliances.';
COMMENT ON COLUMN home_devices.device IS 'The device under which its readings are stored: power_w and charge_wh.';
COMMENT ON COLUMN home_devices.public_id IS 'Its id for clients. Random.';
COMMENT ON COLUMN home_devices.rated_watts IS 'The peak power of a solar panel, or the average power of an appliance.';
COMMENT ON COLUMN home_devices.registered_charge_wh IS
    'Its charge at registration; used until the device reports its charge.';
COMMENT ON COLUMN home_devices.wished_mode IS 'The desired mode; NULL if none was set.';
COMMENT ON COLUMN home_devices.wished_watts IS 'The desired power, within the limit of that direction.';
COMMENT ON COLUMN home_devices.desired_version IS
    'Counts the changes, so that an older one never replaces a newer one.';
