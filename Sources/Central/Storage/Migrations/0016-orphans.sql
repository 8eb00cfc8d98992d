-- Orphaned devices, which sent readings before their room or building was known, are linked as soon as it is added,
-- whatever adds it.

CREATE FUNCTION link_orphans(hotel integer) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    UPDATE devices SET hotel_id = hotels.id
    FROM hotels
    WHERE hotels.id = hotel AND devices.hotel_id IS NULL AND devices.room_slug IS NOT NULL
        AND split_part(devices.device_id, '/', 1) = hotels.slug;
    UPDATE devices SET room_id = rooms.id
    FROM rooms JOIN floors ON floors.id = rooms.floor_id
    WHERE floors.hotel_id = hotel AND devices.hotel_id = hotel AND devices.room_id IS NULL
        AND devices.room_slug = rooms.slug;
END;

CREATE FUNCTION hotels_came() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM link_orphans(id) FROM came ORDER BY id;
    RETURN NULL;
END
$$;
ALTER FUNCTION hotels_came() SET search_path FROM CURRENT;
CREATE TRIGGER hotels_came AFTER INSERT ON hotels REFERENCING NEW TABLE AS came
FOR EACH STATEMENT EXECUTE FUNCTION hotels_came();

CREATE FUNCTION rooms_came() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM link_orphans(hotel_id)
    FROM (SELECT DISTINCT hotel_id FROM came JOIN floors ON floors.id = came.floor_id ORDER BY hotel_id) AS theirs;
    RETURN NULL;
END
$$;
ALTER FUNCTION rooms_came() SET search_path FROM CURRENT;
CREATE TRIGGER rooms_came AFTER INSERT ON rooms REFERENCING NEW TABLE AS came
FOR EACH STATEMENT EXECUTE FUNCTION rooms_came();

SELECT link_orphans(id) FROM hotels ORDER BY id;
