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
