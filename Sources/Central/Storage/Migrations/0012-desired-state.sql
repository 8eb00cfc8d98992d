-- What people want of a building, and what its gateway says that holds. Every change of either is told on the channel
-- hearth_desired: a notification carries the building's id.

CREATE TABLE desired_version (
    hotel_id integer PRIMARY KEY REFERENCES hotels (id),
    version bigint NOT NULL CHECK (version > 0)
);
COMMENT ON TABLE desired_version IS
    'Counts the wishes of a building. Its row is locked until a wish is committed, so that they appear in their order.';

CREATE TABLE desired_state (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hotel_id integer NOT NULL REFERENCES hotels (id),
    room_id integer UNIQUE REFERENCES rooms (id),
    device integer UNIQUE REFERENCES devices (id),
    version bigint NOT NULL,
    celsius double precision CHECK (celsius BETWEEN 5 AND 30),
    mode text CHECK (mode IN ('charging', 'discharging', 'idle')),
    watts double precision CHECK (watts >= 0),
    source text NOT NULL CHECK (source IN ('guest', 'central')),
    who text NOT NULL CHECK (who <> ''),
    token_id integer REFERENCES token (id),
    until timestamptz,
    created_at timestamptz NOT NULL,
    UNIQUE (hotel_id, version),
    CHECK ((room_id IS NULL) <> (device IS NULL)),
    CHECK (celsius IS NULL OR room_id IS NOT NULL),
    CHECK (mode IS NULL OR device IS NOT NULL),
    CHECK ((mode IS NULL) = (watts IS NULL))
);
COMMENT ON TABLE desired_state IS 'The newest wish for each set-point of a room, and for each battery or car.';
COMMENT ON COLUMN desired_state.version IS 'From desired_version: what the gateway has not heard of yet is above what it has.';
COMMENT ON COLUMN desired_state.celsius IS 'The set-point, °C; empty where the wish was taken back.';
COMMENT ON COLUMN desired_state.mode IS 'What the battery or car is to do; empty where the wish was taken back.';
COMMENT ON COLUMN desired_state.source IS 'By which the gateway knows the limits: a guest''s are narrower.';
COMMENT ON COLUMN desired_state.who IS 'For people.';
COMMENT ON COLUMN desired_state.until IS 'When it ends; empty: never.';

CREATE TABLE reported_state (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id integer UNIQUE REFERENCES rooms (id),
    device integer UNIQUE REFERENCES devices (id),
    version bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('none', 'accepted', 'clamped', 'rejected', 'overridden', 'expired')),
    celsius double precision,
    mode text,
    watts double precision,
    source text,
    who text,
    until timestamptz,
    reason text,
    reported_at timestamptz NOT NULL,
    CHECK ((room_id IS NULL) <> (device IS NULL))
);
COMMENT ON TABLE reported_state IS 'What holds, as gateways report it: beside desired_state, which is what is wanted.';
COMMENT ON COLUMN reported_state.version IS 'The wish that state is about; 0 where there was none.';
COMMENT ON COLUMN reported_state.source IS 'Whose set-point is in force: configuration, local_operator, central, guest.';
COMMENT ON COLUMN reported_state.reason IS 'Why it is not as wished, for people.';

-- Batteries and cars had wishes of their own, of which no gateway heard.
INSERT INTO desired_state (hotel_id, device, version, mode, watts, source, who, created_at)
SELECT hotel_id, device, row_number() OVER (PARTITION BY hotel_id ORDER BY wished_at, device), wished_mode,
    coalesce(wished_watts, 0), 'central', 'operator', coalesce(wished_at, now())
FROM home_devices WHERE wished_mode IS NOT NULL;
INSERT INTO desired_version (hotel_id, version) SELECT hotel_id, max(version) FROM desired_state GROUP BY hotel_id;
ALTER TABLE home_devices DROP COLUMN wished_mode, DROP COLUMN wished_watts, DROP COLUMN desired_version,
    DROP COLUMN wished_at;
