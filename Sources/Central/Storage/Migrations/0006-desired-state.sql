-- The desired state of a building, and the state that its gateway reports. Every change of either is announced on the
-- channel hearth_desired with the building's id.

CREATE TABLE desired_version (
    hotel_id integer PRIMARY KEY REFERENCES hotels (id),
    version bigint NOT NULL CHECK (version > 0)
);
COMMENT ON TABLE desired_version IS
    'The version counter of each building. Its row stays locked until a change is committed, so that changes become '
    'visible in order.';

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
COMMENT ON TABLE desired_state IS 'The newest desired state of each set-point, battery and car.';
COMMENT ON COLUMN desired_state.version IS
    'From desired_version. The gateway asks for everything above the version that it has.';
COMMENT ON COLUMN desired_state.celsius IS 'The set-point, °C; NULL if withdrawn.';
COMMENT ON COLUMN desired_state.mode IS 'The mode of the battery or car; NULL if withdrawn.';
COMMENT ON COLUMN desired_state.source IS 'Selects the limits that the gateway applies: a guest''s are narrower.';
COMMENT ON COLUMN desired_state.who IS 'The person or program that set it, for people: guest; operator ops, by chat.';
COMMENT ON COLUMN desired_state.until IS 'Time at which it ends; NULL if it has no end.';

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
COMMENT ON TABLE reported_state IS 'The state in force, as reported by gateways: the counterpart of desired_state.';
COMMENT ON COLUMN reported_state.version IS
    'The version of the desired state that state refers to; 0 if there was none.';
COMMENT ON COLUMN reported_state.source IS
    'The origin of the set-point in force: configuration, local_operator, central, guest.';
COMMENT ON COLUMN reported_state.reason IS 'The reason it differs from the desired state, for people.';
