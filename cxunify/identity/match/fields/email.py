"""The mailboxes: any that both have; else the first of each."""

from __future__ import annotations

from cxunify.identity.evidence.block import EMAIL as SHARED
from cxunify.identity.evidence.block import EMAIL_OF_SEVERAL as SHARED_BY_SEVERAL
from cxunify.identity.match.fields.field import Field, Level

EMAIL = Field(
    name="email",
    compares="every mailbox of the two; one used by several people counts less",
    levels=(
        Level("same", f"p.agree & {SHARED} > 0", 0.85, 0.001, agrees=True, is_own=True),
        Level("same, of several people", f"p.agree & {SHARED_BY_SEVERAL} > 0", 0.08, 0.001, agrees=True),
        Level("similar", "(x.local = y.local and length(x.local) >= 5)"
              " or ((x.family_id = y.family_id or x.given_id = y.given_id) and length(x.local) >= 6"
              " and left(x.local, 2) = left(y.local, 2) and abs(length(x.email) - length(y.email)) <= 2"
              # namesakes of one provider are told apart by a number: anna.koch7, anna.koch9
              " and (x.local = y.local or x.letters <> y.letters)"
              " and levenshtein(x.email, y.email) <= 2)", 0.07, 0.008, agrees=True),
        Level("different", None, 0.001, 0.99),
    ),
    # What both have as a hash is shared, though one of them has it in no other form.
    missing=f"(x.email is null or y.email is null) and p.agree & {SHARED | SHARED_BY_SEVERAL} = 0",
    stranger=0.01,
    agreement={"same": 0.7, "household": 0.3, "generations": 0.08, "unrelated": 0.05},
    ceilings={"generations": 0.1, "namesakes": 0.005, "relatives": 0.03, "neighbours": 0.03, "birthday": 0.03},
    cells="array_to_string(r.emails, ', ')",
    is_at_home=True,
)  # fmt: skip
