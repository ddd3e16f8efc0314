"""totals, gaps, readiness -> the sentences that the report begins with: each is true of the tables that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxunify.quality import estimate, price
from cxunify.schema.figures import Linkage
from cxunify.schema.report import Gap, Requirement
from cxunify.schema.totals import Totals
from cxunify.schema.words import counted, percent

_SLIGHT = 0.005
"""A smaller share that belongs to nobody is not what a report begins with."""
_CURRENCIES = 3
"""As many are named."""


def headline(
    total: Totals,
    gaps: Sequence[Gap],
    needs: Sequence[Requirement],
    effect: estimate.Loyalty | None,
    linkage: Sequence[Linkage],
) -> tuple[str, ...]:
    """What to know first: what belongs to nobody, where, what closing it brings, and what it blocks."""
    refused = [gap.source for gap in gaps if gap.check == "extract_refused" and gap.source]
    said = [_refused(sorted(refused))] if refused else []
    said += [_uncounted(total)] if total.uncounted else []
    said.append(_owners(total, linkage))
    nobody = next((gap for gap in gaps if gap.check == "no_customer"), None)
    if nobody and nobody.places:
        said.append(f"In {nobody.source}, {nobody.cause[:1].lower()}{nobody.cause[1:]}")
    if nobody and nobody.closing and nobody.closing.revenue > 0:
        share = nobody.closing.rows / nobody.rows
        said.append(
            f"If the weaker places asked as the better ones do, {percent(share, 0)} of them"
            f" ({money(nobody.closing.revenue)} {total.currency}) would gain a customer (estimated)."
        )
    if effect and total.unidentified_lines and effect.corrected - effect.seen >= 0.005:
        said.append(
            f"Repeat customers look like {percent(effect.seen, 0)} of buyers and are about {percent(effect.corrected, 0)}"
            " (estimated)."
        )
    blocked = [need for need in needs if need.status == "gap" and need.blocked_by]
    names = list(dict.fromkeys(need.title for need in sorted(blocked, key=lambda need: -need.customers_blocked)))
    most = max((need.customers_blocked for need in blocked), default=0)
    if most:
        shown = ", ".join(name[:1].lower() + name[1:] for name in names[:3])
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        said.append(
            f"Until the gaps are closed, {shown}{more} {'are' if len(names) > 1 else 'is'} blocked for {counted(most, 'customer')}."
        )
    if gaps:
        if gaps[0].check not in price.NOBODYS:
            said.append(_lead(gaps[0]))
        said.append(f"Fix first: {gaps[0].fix} {gaps[0].why}")
    return tuple(said)


def _refused(sources: Sequence[str]) -> str:
    """Of which sources the newest extracts are not in."""
    some = "the newest extracts of {} were" if len(sources) > 1 else "the newest extract of {} was"
    return f"This is not all: {some.format(', '.join(sources))} refused, and what was loaded before is counted."


def _uncounted(total: Totals) -> str:
    """What is in no total, as `23,032.00 CAD are in no total: 412 purchases and returns without a rate to USD.`."""
    parts = [f"{money(row.amount)} {row.currency}" for row in total.uncounted]
    more = len(parts) - _CURRENCIES
    parts = [*parts[:_CURRENCIES], *([counted(more, "other currency", "other currencies")] if more > 0 else [])]
    listed = " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
    trades = counted(sum(row.interactions for row in total.uncounted), "purchase or return", "purchases and returns")
    return f"{listed} {'is' if len(parts) == 1 else 'are'} in no total: {trades} without a rate to {total.currency}."


def _owners(total: Totals, linkage: Sequence[Linkage]) -> str:
    """How much of what happened has a customer; a share only where there is a whole that it is a share of."""
    if not total.lines:
        people = (
            f" {counted(total.records, 'record')} are {counted(total.customers, 'customer')}." if total.records else ""
        )
        return f"There are no interactions to report on.{people}"
    lines = f"{total.unidentified_lines:,} of {counted(total.lines, 'line')}"
    if total.unidentified_revenue_share >= _SLIGHT and total.is_shared:
        return (
            f"{percent(total.unidentified_revenue_share)} of revenue belongs to nobody: {money(total.unidentified_revenue)} of"
            f" {money(total.revenue)} {total.currency} ({_by_source(linkage)})."
        )
    if total.unidentified_revenue and not total.is_shared:
        return (
            f"Net of returns, {money(total.unidentified_revenue)} {total.currency} belongs to nobody and"
            f" {money(total.revenue - total.unidentified_revenue)} to customers ({lines} belong to nobody)."
        )
    if total.unidentified_share >= _SLIGHT:
        return f"{percent(total.unidentified_share)} of interactions belong to nobody: {lines}."
    if total.unidentified_lines:
        return f"Nearly every interaction has its customer: all but {lines}."
    known = (
        f"; {total.without_record:,} of {counted(total.customers, 'customer')} are known from them alone"
        if total.without_record
        else ""
    )
    if total.interactions == 1:
        return f"The interaction has its customer{known}."
    return f"All {total.interactions:,} interactions have their customer{known}."


def _lead(gap: Gap) -> str:
    """The costliest gap in a sentence, where it is another one than interactions without a customer."""
    where = f" in {gap.source}" if gap.source else ""
    title = gap.title if gap.title[:2].isupper() else gap.title[:1].lower() + gap.title[1:]
    rows = f"{gap.size} {'row' if gap.rows == 1 else 'rows'}"
    return f"The costliest gap: {title}{where}, {rows} ({percent(gap.share)}). {gap.cause}".strip()


def _by_source(linkage: Sequence[Linkage]) -> str:
    """Where the money that belongs to nobody is, as `17,952.21 in receipts, 463.70 in web_events`: it adds up to the total."""
    unknown = [(row.revenue - row.identified_revenue, row.source, row) for row in linkage]
    ordered = sorted(
        ((amount, source, row) for amount, source, row in unknown if amount), key=lambda part: (-part[0], part[1])
    )
    if len(ordered) == 1:
        _, source, row = ordered[0]
        return f"all in {source}, {row.lines - row.identified_lines:,} of its {counted(row.lines, 'line')}"
    return ", ".join(f"{money(amount)} in {source}" for amount, source, _ in ordered)


def money(value: Any) -> str:
    """1447682.12 as people read it: 1,447,682.12."""
    return f"{value:,.2f}"
