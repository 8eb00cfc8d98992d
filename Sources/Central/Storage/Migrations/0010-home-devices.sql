-- What makes, keeps and uses electricity in a home: what its owner registered, beside the device that sends.

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
COMMENT ON TABLE home_devices IS 'Solar panels, batteries, cars and appliances that were registered.';
COMMENT ON COLUMN home_devices.device IS 'What it sends is stored under this device: power_w and charge_wh.';
COMMENT ON COLUMN home_devices.public_id IS 'By which clients name it. Tells nothing.';
COMMENT ON COLUMN home_devices.rated_watts IS 'Of a solar panel what it gives at most, of an appliance what it draws on average.';
COMMENT ON COLUMN home_devices.registered_charge_wh IS 'What it held when it was registered; counts until it says itself.';
COMMENT ON COLUMN home_devices.wished_mode IS 'What its owner wants it to do; empty where nobody said.';
COMMENT ON COLUMN home_devices.wished_watts IS 'How fast, within the limit of that direction.';
COMMENT ON COLUMN home_devices.desired_version IS 'Counts the wishes, so that an older one never replaces a newer one.';
