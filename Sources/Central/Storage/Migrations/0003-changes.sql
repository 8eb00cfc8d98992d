-- Changes of the newest readings: notifications for live streams, and revisions that validate copies of rooms.

-- The channel hearth_latest announces new readings to live streams. A notification carries the ids of the buildings
-- with new readings, separated by commas; an empty one means all buildings.

CREATE FUNCTION latest_reading_announce() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    -- PostgreSQL sends the same notification once per transaction, however often it is requested.
    PERFORM pg_notify('hearth_latest', '');
    RETURN NULL;
END
$$;

-- A transaction that notifies holds a server-wide lock while it commits, so only one of them at a time writes to disk.
-- Ingest, which commits many times a second, therefore notifies after its commits, and sets hearth.announces to say so.
CREATE TRIGGER latest_reading_announce AFTER INSERT OR UPDATE ON latest_reading FOR EACH STATEMENT
WHEN (current_setting('hearth.announces', true) IS DISTINCT FROM 'after commit')
EXECUTE FUNCTION latest_reading_announce();

-- Supabase Realtime subscribes to the publication of this name. Only the owner of the database may create it, and
-- nothing else depends on it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'supabase_realtime') THEN
        CREATE PUBLICATION supabase_realtime FOR TABLE latest_reading;
    ELSIF NOT (SELECT puballtables FROM pg_publication WHERE pubname = 'supabase_realtime') THEN
        ALTER PUBLICATION supabase_realtime ADD TABLE latest_reading;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'latest_reading is in no publication: this user may not make one.';
END
$$;

-- The revision of a room's newest readings. It changes in every transaction that changes any of them, so the revision
-- alone shows whether a copy is current.

CREATE TABLE room_revision (
    room_id integer PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    revision uuid NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON TABLE room_revision IS
    'Changes with everything that GET /rooms/<id>/data/ shows, by triggers. A room has a row from its first change '
    'on.';
COMMENT ON COLUMN room_revision.revision IS
    'Random, new with each change: no two states of a room have the same one, even after a backup was restored.';

-- The rooms that a transaction changes are collected in the setting hearth.changed_rooms, and revised when it commits:
-- in order and after everything else, so two transactions never deadlock.
CREATE FUNCTION note_changed_rooms(changed integer[]) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT set_config('hearth.changed_rooms', concat_ws(',', nullif(current_setting('hearth.changed_rooms', true), ''),
        nullif(array_to_string(changed, ','), '')), true);
END;

-- True once per transaction.
CREATE FUNCTION revision_falls_due() RETURNS boolean LANGUAGE sql
    RETURN current_setting('hearth.revision_is_due', true) IS DISTINCT FROM 'yes'
        AND set_config('hearth.revision_is_due', 'yes', true) IS NOT NULL;

CREATE FUNCTION revise_rooms() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
DECLARE
    changed text := current_setting('hearth.changed_rooms', true);
BEGIN
    PERFORM set_config('hearth.changed_rooms', '', true), set_config('hearth.revision_is_due', '', true);
    INSERT INTO room_revision (room_id, revision)
    SELECT rooms.id, gen_random_uuid()
    FROM (SELECT DISTINCT room::integer FROM string_to_table(changed, ',') AS room) AS named
    JOIN rooms ON rooms.id = named.room
    ORDER BY rooms.id
    ON CONFLICT (room_id) DO UPDATE SET revision = excluded.revision;
    RETURN NULL;
END
$$;

-- New readings, once per statement.
CREATE FUNCTION latest_reading_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM note_changed_rooms(ARRAY(
        SELECT DISTINCT devices.room_id FROM changed JOIN devices ON devices.device_id = changed.device_id));
    RETURN NULL;
END
$$;
CREATE TRIGGER latest_reading_inserted AFTER INSERT ON latest_reading REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_changed();
CREATE TRIGGER latest_reading_updated AFTER UPDATE ON latest_reading REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_changed();
CREATE TRIGGER latest_reading_deleted AFTER DELETE ON latest_reading REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_changed();
CREATE CONSTRAINT TRIGGER latest_reading_revises AFTER INSERT OR UPDATE OR DELETE ON latest_reading
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();

-- All rooms at once. A room that is not in the table is never served from a copy.
CREATE FUNCTION latest_reading_truncated() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    DELETE FROM room_revision;
    RETURN NULL;
END
$$;
CREATE TRIGGER latest_reading_truncated AFTER TRUNCATE ON latest_reading
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_truncated();

-- Devices that are added, deleted, moved, or found to be of another class.
CREATE FUNCTION device_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM note_changed_rooms(ARRAY[OLD.room_id, NEW.room_id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER device_changed AFTER INSERT OR DELETE ON devices FOR EACH ROW EXECUTE FUNCTION device_changed();
CREATE TRIGGER device_updated AFTER UPDATE ON devices FOR EACH ROW
WHEN ((OLD.device_id, OLD.room_id, OLD.class) IS DISTINCT FROM (NEW.device_id, NEW.room_id, NEW.class))
EXECUTE FUNCTION device_changed();
CREATE CONSTRAINT TRIGGER device_revises AFTER INSERT OR UPDATE OR DELETE ON devices
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();

-- The time zone in which a room's times are shown.
CREATE FUNCTION room_time_zone_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM note_changed_rooms(ARRAY(
        SELECT rooms.id FROM rooms JOIN floors ON floors.id = rooms.floor_id
        WHERE CASE TG_TABLE_NAME WHEN 'hotels' THEN floors.hotel_id WHEN 'floors' THEN floors.id ELSE rooms.id END
            = NEW.id));
    RETURN NULL;
END
$$;
CREATE TRIGGER hotel_time_zone_changed AFTER UPDATE ON hotels FOR EACH ROW
WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION room_time_zone_changed();
CREATE TRIGGER floor_hotel_changed AFTER UPDATE ON floors FOR EACH ROW
WHEN (OLD.hotel_id IS DISTINCT FROM NEW.hotel_id) EXECUTE FUNCTION room_time_zone_changed();
CREATE TRIGGER room_floor_changed AFTER UPDATE ON rooms FOR EACH ROW
WHEN (OLD.floor_id IS DISTINCT FROM NEW.floor_id) EXECUTE FUNCTION room_time_zone_changed();
CREATE CONSTRAINT TRIGGER hotel_revises AFTER UPDATE ON hotels
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();
CREATE CONSTRAINT TRIGGER floor_revises AFTER UPDATE ON floors
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();
CREATE CONSTRAINT TRIGGER room_revises AFTER UPDATE ON rooms
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();
