-- The same moments as before in a tenth of the time: by way of double precision, which holds microseconds since 1970
-- exactly, and not of numeric.
CREATE OR REPLACE FUNCTION milliseconds(moment timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN floor(round(date_part('epoch', moment) * 1000000) / 1000)::bigint;
