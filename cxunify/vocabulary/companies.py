"""The SQL of a name as it is written -> the SQL of whether it is no one person's: a company's, by its form, or that of several."""

from __future__ import annotations

from cxunify.vocabulary import titles

_ENDS = (
    r"gmbh( und)?( co( kg)?)?|g?mbh|ohg|gbr|kgaa|ug|ltd|limited|llc|llp|inc|incorporated|corp|corporation|plc|pty|pte|pvt|bhd|ltda"
    r"|sarl|srl|sro|spzoo|sp z oo|kft|zrt|aps|oyj|doo|eood|slu|co kg"
    r"|(and|und|et|y) (sons|soehne|sohne|co|cie|partners|associates|fils)"
)
"""Legal forms, in plain letters, that are nobody's surname."""
_BEGINS = r"\x{43e}{3}|\x{43e}\x{430}\x{43e}|\x{437}\x{430}\x{43e}|\x{43f}\x{430}\x{43e}"
"""Those that stand in front: OOO, OAO, ZAO and PAO in Cyrillic letters."""
_SIGNS = "株式会社|有限会社|合同会社|有限公司|주식회사|㈱|㈜"
_CASED = (
    r"AG|KG|SE|SA|S\. ?A\.|AB|AS|A/S|BV|B\. ?V\.|NV|N\. ?V\.|SAS|S\.A\.S\.|SpA|SPA|S\.p\.A\.|SL|S\. ?L\.|Oy|OY|KK|K\. ?K\.|Co\."
    r"|e\. ?K\.|e\. ?V\."
)
"""Forms that are names, initials or words when they are spelled otherwise: Maria Sá, Klaus Ag."""


_SEVERAL = (
    r"\p{L}\.? ?[&+] ?\p{L}|\p{L}\.? (and|AND|und|UND|et|ET|og|och|en) \p{L}"
    r"|^([Ff]amilie|FAMILIE|[Ff]am\.|[Ff]amily|FAMILY|[Ff]amille|FAMILLE|[Ee]heleute|EHELEUTE|[Ff]irma|FIRMA|Fa\.) \p{L}"
    rf"|(?i:^{titles.TWO}( |$))"
)
"""How couples and families are written: John & Mary, Hans und Petra. What `y`, `e` and `i` join are surnames of one person, but
for titles: `Sr. y Sra. Ortega` are two."""


def is_company(written: str, plain: str) -> str:
    """SQL: whether a name bears a legal form, or names several; `written` as it was delivered, `plain` in plain letters.

    Short forms count in their own capitals only, behind a word that is not shouted, and not behind a comma, where initials stand.
    """
    return (
        f"(regexp_matches({plain}, ' ({_ENDS})$|^({_BEGINS}) ') or regexp_matches({written}, '{_SEVERAL}')"
        rf" or regexp_matches({written}, '{_SIGNS}|^[^,]*\p{{Ll}}[^,]* ({_CASED})$'))"
    )


def bare(plain: str) -> str:
    """SQL for a company's name in plain letters without its legal form."""
    forms = rf" ({_ENDS}|ag|kg|se|sa|ab|as|a s|bv|nv|sas|spa|sl|oy|kk|co|ek|ev)$|^({_BEGINS}) |{_SIGNS}"
    return f"coalesce(nullif(trim(regexp_replace({plain}, '{forms}', '', 'g')), ''), {plain})"
