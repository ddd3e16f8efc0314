"""The phone numbers: any that both have; else the first of each."""

from __future__ import annotations

from cxunify.identity.evidence.block import PHONE as SHARED
from cxunify.identity.evidence.block import PHONE_OF_SEVERAL as SHARED_BY_SEVERAL
from cxunify.identity.match.fields.field import Field, Level

PHONE = Field(
    name="phone",
    compares="every number of the two; one used by several people counts less",
    levels=(
        Level("same", f"p.agree & {SHARED} > 0", 0.8, 0.001, agrees=True, is_own=True),
        Level("same, of several people", f"p.agree & {SHARED_BY_SEVERAL} > 0", 0.15, 0.003, agrees=True),
        Level("one digit off", "length(x.phone) = length(y.phone) and hamming(x.phone, y.phone) <= 1", 0.05, 0.006, agrees=True),
        Level("different", None, 0.001, 0.99),
    ),
    # What both have as a hash is shared, though one of them has it in no other form.
    missing=f"(x.phone is null or y.phone is null) and p.agree & {SHARED | SHARED_BY_SEVERAL} = 0",
    stranger=0.01,
    agreement={"same": 0.6, "household": 0.4, "generations": 0.2, "unrelated": 0.05},
    ceilings={"generations": 0.25, "namesakes": 0.005, "relatives": 0.03, "neighbours": 0.03, "birthday": 0.03},
    cells="array_to_string(r.phones, ', ')",
    is_at_home=True,
)  # fmt: skip
