"""What identity makes of staging alone, by its own stages: for warehouses in which nothing else of identity has run."""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence import contact, hygiene, keys
from cxunify.identity.evidence.normalise import nobodys_birthdays
from cxunify.schema import Table
from cxunify.warehouse import Stage, Warehouse

_KNOWN = (
    Stage(
        Table("identity.features", ""),
        "select row_no, source, record_id, (row_number() over (order by row_no))::integer as node, $region as country"
        " from staging.records",
    ),
    Stage(
        Table("identity.value_status", ""),
        "select hash(type, value) as key, any_value(status) as status from identity.identifiers group by key",
    ),
)
"""As far as contacts need them; the status of a value is what identity.identifiers says of it."""


def read(warehouse: Warehouse, config: Config) -> None:
    """Build identity.contact_points, identity.foreign_keys and identity.nobodys_birthdays."""
    made = (nobodys_birthdays(), keys.foreign_keys(config), *_KNOWN, *contact.stages(config), hygiene.contact_points())
    warehouse.build(made, {"region": config.region})
