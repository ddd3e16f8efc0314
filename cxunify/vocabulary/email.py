"""A relation of e-mail addresses as people write them -> the SELECT of the mailbox that each stands for."""

from __future__ import annotations

from cxunify.vocabulary.lists import listed, quoted
from cxunify.vocabulary.words import is_no_evidence

SHAPE = r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+"
"""What a single address looks like; two in one cell are none."""


def mailboxes(written: str) -> str:
    """SQL: each row of the relation `written` (a column of that name) with what it means.

    `address` is where to write to: without what people put around it (blanks, quotes, mailto:). `value` is the mailbox it is
    compared as: without a tag behind a plus, and Gmail's without dots. Both are null where no mailbox can be meant. `local`
    and `letters` are what its left part may tell of a name.
    """
    return rf"""
with
trimmed as materialized (
    select written, replace(lower(trim(written, ' "''<>')), 'mailto:', '') as address
    from {written}
),
parted as materialized (
    select
        written, address, split_part(split_part(address, '@', 1), '+', 1) as box,
        case split_part(address, '@', 2) when 'googlemail.com' then 'gmail.com' else split_part(address, '@', 2) end as domain,
        regexp_full_match(address, '{SHAPE}') and box <> '' as is_one
    from trimmed
),
-- Gmail does not read dots.
boxes as materialized (
    select
        written, is_one, address, domain, strip_accents(box) as local,
        case when domain = 'gmail.com' then replace(box, '.', '') else box end as box
    from parted
)
select
    written,
    case when is_one then address end as address,
    case when is_one then box || '@' || domain end as value,
    case when is_one then local end as local,
    -- Digits and marks tell nobody's name.
    case when is_one then nullif(translate(local, '0123456789._-', ''), '') end as letters,
    case
        when is_one then box in ({quoted(listed("mailbox"))}) or domain in ({quoted(listed("maildomain"))})
        else {is_no_evidence("address")}
    end as is_placeholder,
    is_one and box in ({quoted(listed("role"))}) as is_role
from boxes
"""
