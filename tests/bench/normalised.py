"""A resolved project -> its records as cxunify has normalised them: what any rival is given to work with.

python normalised.py WAREHOUSE OUT.parquet
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def export(warehouse: Path, records: Path) -> None:
    """Write the records of a resolved project as cxunify has normalised them: what any rival is given to work with.

    One row per record: record_key, source, record_id, row, customer_id, confidence, names, address and birth date, each attribute
    that is evidence, the first e-mail and phone, one column per kind of identifier, and `keys`, all of these
    values at once. Placeholders are left out.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:

        def names(sql: str) -> list[str]:
            return [name for (name,) in connection.execute(f"{sql} order by 1").fetchall()]

        kinds = names("select distinct type from identity.record_values where type not in ('email', 'phone')")
        identifiers = "".join(f", min(value) filter (type = '{kind}') as id_{kind}" for kind in kinds)
        described = "from (describe identity.features) where starts_with(column_name, 'attribute_')"
        attributes = "".join(f', f."{name}"' for name in names(f"select column_name {described}"))
        connection.execute(f"""
copy (
    with
    useful as (
        select r.* from identity.record_values as r
        left join identity.value_status as v using (key)
        where coalesce(v.status, '') <> 'placeholder'
    ),
    carried as (
        select
            node, list(type || ':' || value order by type, value) as keys,
            arg_min(value, place) filter (type = 'email') as email,
            arg_min(value, place) filter (type = 'phone') as phone{identifiers}
        from useful
        group by node
    )
    select
        f.source || ':' || f.record_id as record_key, f.source, f.record_id, s.source_row as row, a.customer_id, a.confidence,
        f.given, f.family, f.other_names, f.suffix, f.gender,
        nullif(concat_ws(' ', f.house, f.street), '') as street, f.city, f.region,
        f.postal_code, f.birth_date{attributes}, c.* exclude (node)
    from identity.features as f
    join identity.assignments as a using (source, record_id)
    join staging.records as s using (source, record_id)
    left join carried as c using (node)
    order by f.source, f.record_id
) to '{records}' (format parquet)
""")


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
