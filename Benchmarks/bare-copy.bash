# Sourced by the benchmarks: measures the fastest way to store the rows in `reading`. Needs the function `sql`, which
# queries the database of the round, and the folder $work.

bare_copy() { # bare_copy <order>: rows a second by one binary COPY of the rows in that order, into a table like theirs
    local from to count
    sql -c "COPY (SELECT * FROM reading ORDER BY $1) TO STDOUT (FORMAT binary)" >"$work/rows"
    count=$(sql -c 'SELECT count(*) FROM reading')
    sql >/dev/null <<'SQL'
SET client_min_messages = warning;
DROP TABLE IF EXISTS bare;
CREATE TABLE bare (LIKE reading INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
SELECT create_hypertable('bare', by_range('time', INTERVAL '7 days'), create_default_indexes => false);
CREATE INDEX ON bare (series_id, time DESC);
CREATE INDEX ON bare USING brin (time) WITH (autosummarize = on, pages_per_range = 32);
CHECKPOINT;
SQL
    from=$(date +%s.%N)
    sql -c "COPY bare FROM STDIN (FORMAT binary)" <"$work/rows"
    to=$(date +%s.%N)
    rm "$work/rows"
    awk -v n="$count" -v from="$from" -v to="$to" 'BEGIN { printf "%.0f", n / (to - from) }'
}

# The order in which readings arrive, and the one in which the central service stores them, which is faster for the index.
as_they_come='time, series_id'
as_they_lie='tableoid, ctid'
