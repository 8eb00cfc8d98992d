-- The catalogue queries of database-reference; `what` selects one.

CREATE TEMPORARY VIEW relation AS
SELECT
    class.oid, class.relname AS name, class.relkind = 'v' AS is_view, obj_description(class.oid, 'pg_class') AS comment,
    dimension.time_interval AS chunk
FROM pg_class AS class
LEFT JOIN timescaledb_information.dimensions AS dimension
    ON dimension.hypertable_schema = 'public' AND dimension.hypertable_name = class.relname
        AND dimension.dimension_number = 1
WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p', 'v')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid AND classid = 'pg_class'::regclass AND deptype = 'e');

-- The columns of primary, unique and foreign keys. Of a key with several columns, no column alone is the key.
CREATE TEMPORARY VIEW key AS
SELECT contype AS kind, conrelid AS relation, conkey AS columns, confrelid AS target, confkey AS target_columns
FROM pg_constraint
WHERE contype IN ('p', 'u', 'f');

CREATE TEMPORARY VIEW field AS
SELECT
    relation.oid AS relation, relation.name AS relation_name, relation.is_view, attribute.attnum AS number,
    attribute.attname AS name, NOT attribute.attnotnull AS optional, attribute.attgenerated = 's' AS is_computed,
    replace(replace(format_type(attribute.atttypid, attribute.atttypmod), 'timestamp with time zone', 'timestamptz'),
        'double precision', 'double_precision') AS type,
    col_description(relation.oid, attribute.attnum) AS comment,
    EXISTS (SELECT FROM key WHERE kind = 'p' AND key.relation = relation.oid AND attnum = ANY (columns)) AS is_primary,
    EXISTS (SELECT FROM key WHERE kind = 'u' AND key.relation = relation.oid AND columns = ARRAY[attnum]) AS is_unique,
    EXISTS (
        SELECT FROM key WHERE kind IN ('p', 'u') AND key.relation = relation.oid AND columns = ARRAY[attnum]) AS is_alone
FROM relation
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attnum > 0 AND NOT attisdropped;

-- The references between fields. A field called series_id refers to series even without a foreign key.
CREATE TEMPORARY VIEW link AS
SELECT
    field.relation, field.number, field.relation_name, field.name, field.optional, field.is_alone, true AS is_kept,
    target.name AS target, target_field.name AS target_field
FROM field
JOIN key ON key.kind = 'f' AND key.relation = field.relation AND key.columns = ARRAY[field.number]
JOIN relation AS target ON target.oid = key.target
JOIN field AS target_field ON target_field.relation = key.target AND target_field.number = key.target_columns[1]
UNION ALL
SELECT
    field.relation, field.number, field.relation_name, field.name, field.optional, field.is_alone, false, target.name,
    target_field.name
FROM field
JOIN relation AS target ON field.name = target.name || '_id' AND NOT target.is_view AND target.oid <> field.relation
JOIN field AS target_field
    ON target_field.relation = target.oid AND target_field.name = 'id' AND target_field.type = field.type
WHERE NOT field.is_view
    AND NOT EXISTS (
        SELECT FROM key WHERE kind = 'f' AND key.relation = field.relation AND field.number = ANY (columns));

SELECT :'what' = 'mermaid' AS is_mermaid, :'what' = 'tables' AS is_tables, :'what' = 'dot' AS is_dot \gset

\if :is_mermaid
SELECT 'erDiagram';
SELECT format(
    '    %s %s%s%s : %s', target, CASE WHEN optional THEN '|o' ELSE '||' END, CASE WHEN is_kept THEN '--' ELSE '..' END,
    CASE WHEN is_alone THEN 'o|' ELSE 'o{' END || ' ' || relation_name, name)
FROM link ORDER BY relation, number;
SELECT format(E'    %s {\n%s\n    }', relation_name, string_agg(
    format('        %s %s%s', type, name, coalesce(' ' || nullif(concat_ws(', ',
        CASE WHEN is_primary THEN 'PK' END,
        CASE WHEN EXISTS (SELECT FROM link WHERE link.relation = field.relation AND link.number = field.number AND is_kept)
            THEN 'FK' END,
        CASE WHEN is_unique THEN 'UK' END), ''), '')),
    E'\n' ORDER BY number))
FROM field GROUP BY relation, relation_name ORDER BY relation_name = 'schema_migration', relation;
\endif

\if :is_tables
SELECT format(
    E'\n## %s\n\n%s| column | type | meaning |\n|---|---|---|\n%s%s',
    relation.name,
    coalesce(nullif(concat_ws(' ',
        CASE WHEN is_view THEN 'A view.' END,
        relation.comment,
        CASE WHEN chunk IS NOT NULL THEN format('A hypertable with chunks of %s.', chunk) END), '') || E'\n\n', ''),
    (
        SELECT string_agg(format('| `%s` | %s | %s |', field.name,
            replace(type, '_', ' ') || CASE WHEN optional AND NOT field.is_view THEN ' or NULL' ELSE '' END,
            replace(replace(concat_ws(' ',
            CASE WHEN is_primary AND is_alone THEN 'Primary key.' WHEN is_primary THEN 'Part of the primary key.' END,
            CASE WHEN is_unique AND field.comment NOT LIKE 'Unique%' IS NOT FALSE THEN 'Unique.' END,
            (
                SELECT format(CASE WHEN is_kept THEN '→ `%s.%s`.' ELSE '→ `%s.%s`, enforced by the program.' END,
                    target, target_field)
                FROM link WHERE link.relation = field.relation AND link.number = field.number
            ),
            CASE WHEN is_computed THEN 'Computed.' END,
            field.comment), '|', '\|'), '<', '\<')),
            E'\n' ORDER BY number)
        FROM field WHERE field.relation = relation.oid
    ),
    coalesce((
        SELECT E'\n' || string_agg(E'\nUnique together: ' || (
            SELECT string_agg(format('`%s`', field.name), ', ' ORDER BY array_position(columns, number))
            FROM field WHERE field.relation = relation.oid AND number = ANY (columns)) || '.', E'\n' ORDER BY columns)
        FROM key WHERE kind = 'u' AND key.relation = relation.oid AND cardinality(columns) > 1
    ), ''))
FROM relation ORDER BY name = 'schema_migration', oid;
\endif

\if :is_dot
SELECT $$digraph schema {
    graph [rankdir=LR, bgcolor="#ffffff", pad=0.3, nodesep=0.35, ranksep=1.1, fontname="sans-serif"];
    node [shape=plain, fontname="sans-serif", fontsize=11];
    edge [color="#8a3b12", arrowsize=0.8, dir=both, arrowhead=none, fontname="sans-serif"];$$;
SELECT format(
    E'    %s [label=<<table border="0" cellborder="1" cellspacing="0" cellpadding="4" color="#b9ada0">\n'
    '<tr><td bgcolor="%s" align="left" colspan="2"><b>%s</b>%s</td></tr>\n%s\n</table>>];',
    relation_name, CASE WHEN bool_or(field.is_view) THEN '#e6ecf2' ELSE '#f6dcc6' END, relation_name,
    CASE WHEN bool_or(field.is_view) THEN ' <i>view</i>' WHEN bool_or(chunk IS NOT NULL) THEN ' <i>hypertable</i>'
        ELSE '' END,
    string_agg(format(
        '<tr><td align="left" port="%s_in">%s</td><td align="left" port="%s_out"><font color="#665a4f">%s%s</font></td></tr>',
        field.name, CASE WHEN is_primary THEN format('<u>%s</u>', field.name) ELSE field.name END, field.name,
        replace(type, '_', ' '), CASE WHEN optional AND NOT field.is_view THEN ' ?' ELSE '' END),
        E'\n' ORDER BY number))
FROM field JOIN relation ON relation.oid = field.relation
GROUP BY relation, relation_name ORDER BY relation_name = 'schema_migration', relation;
SELECT format(
    '    %s:%s_out -> %s:%s_in [arrowtail=%s, arrowhead=%s%s];', target, target_field, relation_name, name,
    CASE WHEN optional THEN 'teeodot' ELSE 'teetee' END, CASE WHEN is_alone THEN 'teeodot' ELSE 'crowodot' END,
    CASE WHEN is_kept THEN '' ELSE ', style=dashed' END)
FROM link ORDER BY relation, number;
SELECT '}';
\endif
