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
CREATE FUNCTION note_rooms(changed integer[]) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT set_config('hearth.changed_rooms', concat_ws(',', nullif(current_setting('hearth.changed_rooms', true), ''),
        nullif(array_to_string(changed, ','), '')), true);
END;

-- True once per transaction.
CREATE FUNCTION revision_falls_due() RETURNS boolean LANGUAGE sql
    RETURN current_setting('hearth.revision_is_due', true) IS DISTINCT FROM 'yes'
        AND set_config('hearth.revision_is_due', 'yes', true) IS NOT NULL;

CREATE FUNCTION revise_rooms() RETURNS trigger LANGUAGE plpgsql
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
ALTER FUNCTION revise_rooms() SET search_path FROM CURRENT;

-- New readings, once per statement.
CREATE FUNCTION latest_reading_changed() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM note_rooms(ARRAY(
        SELECT DISTINCT devices.room_id FROM changed JOIN devices ON devices.device_id = changed.device_id));
    RETURN NULL;
END
$$;
ALTER FUNCTION latest_reading_changed() SET search_path FROM CURRENT;
CREATE TRIGGER latest_reading_inserted AFTER INSERT ON latest_reading REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_changed();
CREATE TRIGGER latest_reading_updated AFTER UPDATE ON latest_reading REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_changed();
CREATE TRIGGER latest_reading_deleted AFTER DELETE ON latest_reading REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_changed();
CREATE CONSTRAINT TRIGGER latest_reading_revises AFTER INSERT OR UPDATE OR DELETE ON latest_reading
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();

-- All rooms at once. A room that is not in the table is never served from a copy.
CREATE FUNCTION latest_reading_truncated() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM room_revision;
    RETURN NULL;
END
$$;
ALTER FUNCTION latest_reading_truncated() SET search_path FROM CURRENT;
CREATE TRIGGER latest_reading_truncated AFTER TRUNCATE ON latest_reading
FOR EACH STATEMENT EXECUTE FUNCTION latest_reading_truncated();

-- Devices that are added, deleted, moved, or found to be of another class.
CREATE FUNCTION device_changed() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM note_rooms(ARRAY[OLD.room_id, NEW.room_id]);
    RETURN NULL;
END
$$;
ALTER FUNCTION device_changed() SET search_path FROM CURRENT;
CREATE TRIGGER device_changed AFTER INSERT OR DELETE ON devices FOR EACH ROW EXECUTE FUNCTION device_changed();
CREATE TRIGGER device_updated AFTER UPDATE ON devices FOR EACH ROW
WHEN ((OLD.device_id, OLD.room_id, OLD.class) IS DISTINCT FROM (NEW.device_id, NEW.room_id, NEW.class))
EXECUTE FUNCTION device_changed();
CREATE CONSTRAINT TRIGGER device_revises AFTER INSERT OR UPDATE OR DELETE ON devices
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();

-- The time zone in which a room's times are shown.
CREATE FUNCTION room_clock_changed() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM note_rooms(ARRAY(
        SELECT rooms.id FROM rooms JOIN floors ON floors.id = rooms.floor_id
        WHERE CASE TG_TABLE_NAME WHEN 'hotels' THEN floors.hotel_id WHEN 'floors' THEN floors.id ELSE rooms.id END
            = NEW.id));
    RETURN NULL;
END
$$;
ALTER FUNCTION room_clock_changed() SET search_path FROM CURRENT;
CREATE TRIGGER hotel_time_zone_changed AFTER UPDATE ON hotels FOR EACH ROW
WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION room_clock_changed();
CREATE TRIGGER floor_hotel_changed AFTER UPDATE ON floors FOR EACH ROW
WHEN (OLD.hotel_id IS DISTINCT FROM NEW.hotel_id) EXECUTE FUNCTION room_clock_changed();
CREATE TRIGGER room_floor_changed AFTER UPDATE ON rooms FOR EACH ROW
WHEN (OLD.floor_id IS DISTINCT FROM NEW.floor_id) EXECUTE FUNCTION room_clock_changed();
CREATE CONSTRAINT TRIGGER hotel_revises AFTER UPDATE ON hotels
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();
CREATE CONSTRAINT TRIGGER floor_revises AFTER UPDATE ON floors
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();
CREATE CONSTRAINT TRIGGER room_revises AFTER UPDATE ON rooms
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (revision_falls_due()) EXECUTE FUNCTION revise_rooms();
