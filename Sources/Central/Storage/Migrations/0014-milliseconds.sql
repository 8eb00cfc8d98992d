-- The same results as before in a tenth of the time: double precision holds microseconds since 1970 exactly, so numeric
-- is not needed.
CREATE OR REPLACE FUNCTION milliseconds(moment timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN floor(round(date_part('epoch', moment) * 1000000) / 1000)::bigint;
