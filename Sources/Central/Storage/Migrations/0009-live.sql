-- Who shows the newest readings as they come hears of them by the channel hearth_latest. A notification carries the ids
-- of the buildings that something is new in, separated by commas; nothing stands for all of them.

CREATE FUNCTION latest_reading_announce() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    -- The same notification is sent once per transaction, however often it is asked for.
    PERFORM pg_notify('hearth_latest', '');
    RETURN NULL;
END
$$;

-- A transaction that notifies holds a lock of the whole server while it commits, so that at most one of them writes to
-- the disk at a time. Ingest, which commits many times a second, therefore notifies after its commits, and says so by
-- the setting hearth.announces.
CREATE TRIGGER latest_reading_announce AFTER INSERT OR UPDATE ON latest_reading FOR EACH STATEMENT
WHEN (current_setting('hearth.announces', true) IS DISTINCT FROM 'after commit')
EXECUTE FUNCTION latest_reading_announce();

-- Replicas of a Supabase project's kind take what they show from the publication of this name. Only an owner of the
-- database may make one, and nothing else depends on it.
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
