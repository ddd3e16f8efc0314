"""A relation of e-mail addresses as people write them -> the SELECT of the mailbox that each stands for.

What a plain expression cannot read (other scripts, several in a cell, a name beside the address) is unpacked first: into the
addresses that it holds, one by one.
"""

from __future__ import annotations

import re
import unicodedata

from cxunify.vocabulary.lists import listed, quoted
from cxunify.vocabulary.signs import visible
from cxunify.vocabulary.words import is_no_evidence

_LABEL = r"[\p{L}\p{N}]([\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?"
_WORD = r"[^\x00-\x20@,;:<>()\[\]\\.]+"
SHAPE = rf"{_WORD}([.]{_WORD})*@({_LABEL}[.])+(xn--[a-z0-9-]+|[\p{{L}}\p{{M}}]{{2,}})"
"""What a single address looks like that mail can reach (RFC 5321, 6531): dots between words only, a host of two labels or more, the
last one of letters. Two in one cell are none."""
LONGEST = 254
"""Signs of an address, by RFC 5321."""
NOWHERE = ("invalid", "local", "localdomain", "localhost")
"""Last labels that no mail is ever sent to."""

_APART = re.compile(r"""[\s,;<>()\[\]"|]+""")
_TOGETHER = re.compile(r"[/&]")
_DOTS = str.maketrans("。．。", "...")  # noqa: RUF001 - what IDNA takes for a dot


def mailboxes(written: str) -> str:
    """SQL: each row of the relation `written` (a column of that name) with what it means.

    `address` is where to write to: without what people put around it (blanks, quotes, mailto:). `value` is the mailbox it is
    compared as: without a tag behind a plus, and Gmail's without dots. Both are null where no mailbox can be meant. `local`
    and `letters` are what its left part may tell of a name. `is_odd`: it should be `unpacked` before it is read.
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
        regexp_full_match(address, '{SHAPE}') and not starts_with(address, '+') and length(address) <= {LONGEST}
            and split_part(address, '.', -1) not in ({quoted(NOWHERE)}) as is_one
    from trimmed
),
-- Gmail does not read dots.
boxes as materialized (
    select
        written, is_one, address, domain, strip_accents(box) as local,
        case when domain = 'gmail.com' then replace(box, '.', '') else box end as box
    from parted
),
judged as materialized (
    select
        *,
        case
            when is_one then
                box in ({quoted(listed("mailbox"))}) or domain in ({quoted(listed("maildomain"))})
                -- a@a.com is what is typed to get past the question; a@ of another host may be anybody's.
                or (box = split_part(domain, '.', 1) and (length(box) <= 2 or box = 'mail'))
            else {is_no_evidence("address")}
        end as is_placeholder
    from boxes
)
select
    written,
    case when is_one then address end as address,
    case when is_one then box || '@' || domain end as value,
    case when is_one then local end as local,
    -- Digits and marks tell nobody's name.
    case when is_one then nullif(translate(local, '0123456789._-', ''), '') end as letters,
    is_placeholder,
    is_one and box in ({quoted(listed("role"))}) as is_role,
    not is_placeholder and (not is_one or not regexp_full_match(written, '[ -~]*') or contains(domain, 'xn--')) as is_odd
from judged
"""


def unpacked(text: str) -> tuple[str, ...]:
    """The addresses that a cell holds, each once, in the order in which they stand there: `Ann Lee <ann@x.example>; bob@x.example`.

    Hosts are in the form that people read: `xn--bcher-kva` is `bücher`. Nothing is made up: what is no address stays out.
    """
    text = visible(text)
    if "@" not in text:
        text = text.replace("%40", "@")  # as in the address line of a browser
    found = [part for token in _APART.split(text) for part in _singles(token)]
    return tuple(dict.fromkeys(address for address in map(_address, found) if address))


def _singles(token: str) -> list[str]:
    """A token that holds several addresses (`ann@x.example/bob@x.example`) in parts; what is torn otherwise is nothing."""
    if token.count("@") <= 1:
        return [token]
    parts = _TOGETHER.split(token)
    return parts if all(part.count("@") == 1 for part in parts) else []


def _address(token: str) -> str:
    """One address without its label and what follows it; empty where the token is none."""
    box, at, host = token.partition("@")
    box, host = box.rpartition(":")[2].lstrip("'.`´‘“"), host.partition("?")[0].translate(_DOTS)  # noqa: RUF001
    host = unicodedata.normalize("NFKC", host.lower().rstrip("'.:`´’”!"))
    return f"{box.lower()}@{'.'.join(map(_label, host.split('.')))}" if box and at and host else ""


def _label(label: str) -> str:
    """A label of a host as people read it."""
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFKC", label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return label
