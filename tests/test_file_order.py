"""The same rows in files that are called otherwise: what is published is the same, but for the names of the files."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from cxunify import pipeline
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load

CONFIG = """
version: 1
region: GB
currency: GBP
sources:
  crm:
    channel: crm
    files: "in/crm-*.csv"
    load: parts
    person: {id: id, given_name: first, family_name: last, email: mail, phone: phone, street: street, city: city,
      identifiers: {loyalty_id: card}, consent: {email: mails}}
  shop:
    channel: web
    files: "in/shop-*.csv"
    load: append
    person: {id: id, given_name: first, family_name: last, email: mail, created_at: made}
  tills:
    channel: pos
    files: "in/tills-*.csv"
    load: LOAD
    interaction: {id: no, at: at, kind: purchase, amount: {column: amount, per: line}, product: product, location: shop,
      person: {crm: customer}, properties: {note: note}}
  clicks:
    channel: web
    files: "in/clicks-*.csv"
    load: append
    interaction: {id: no, at: at, kind: {column: what}, page: page, campaign: campaign, person: {shop: login},
      identifiers: {device_id: device}}
  cases:
    channel: support
    files: "in/cases-*.csv"
    load: append
    interaction: {id: no, at: at, kind: {column: what}, case_id: case, reason: reason, outcome: outcome, agent: agent,
      person: {crm: customer}}
  consents:
    channel: email
    files: "in/consents-*.csv"
    load: append
    interaction: {id: no, at: at, kind: {column: what}, identifiers: {email: mail}}
"""


def rows(rng: random.Random) -> dict[str, tuple[str, list[str]]]:
    """Rows of which many are of one instant, one record or one receipt: only an order tells which of them comes first."""
    names = (("Orla", "Rufus", "Ivo", "Nadia", "Petra", "Una"), ("Brook", "Mill", "Hill", "Stone"))
    people = range(40)

    def name() -> str:
        return ",".join(map(rng.choice, names))

    return {
        "crm": (
            "id,first,last,mail,phone,street,city,card,mails",
            [
                f"{n},{name()},m{n}@brook.example,0770090{n:04},{rng.randint(1, 90)} High Street,London,C{n:05},"
                f"{rng.choice(['yes', 'no', ''])}"
                for n in people
                for _ in range(rng.choice([1, 1, 2]))
            ],
        ),
        "shop": ("id,first,last,mail,made", [f"w{n},{name()},m{n}@brook.example,2024-01-01 10:00" for n in people]),
        "tills": (
            "no,at,amount,product,shop,customer,note",
            [
                f"{n},2024-03-{1 + n % 28:02} 10:00,{rng.randint(1, 20)}.50,P{rng.randint(1, 9)},S1,{n % 40},N{rng.randint(1, 3)}"
                for n in range(150)
                for _ in range(rng.choice([1, 2, 3, 4]))
            ],
        ),
        "clicks": (
            "no,at,what,page,campaign,login,device",
            [
                f"k{n},2024-03-{1 + n % 9:02} 10:0{rng.randrange(3)}:00,{rng.choice(['page_view', 'login', 'cart'])},"
                f"https://x.example/{rng.randint(1, 9)},{rng.choice(['a', 'b', ''])},{rng.choice(['', f'w{rng.randrange(40)}'])},"
                f"d{rng.randrange(15)}"
                for n in range(400)
            ],
        ),
        "cases": (
            "no,at,what,case,reason,outcome,agent,customer",
            [
                f"q{n},2024-03-{1 + n % 5:02} 10:00,{rng.choice(['complaint', 'contact_in', 'response', 'resolution'])},"
                f"c{n % 20},{rng.choice(['late', 'broken'])},{rng.choice(['open', 'closed', ''])},A{rng.randint(1, 4)},{n % 20}"
                for n in range(120)
            ],
        ),
        "consents": (
            "no,at,what,mail",
            [
                f"o{n},2024-03-{1 + n % 3:02} 10:00,{rng.choice(['optin', 'optout'])},m{n % 40}@brook.example"
                for n in range(120)
            ],
        ),
    }


def project(folder: Path, how: str, seed: int, names: str) -> Config:
    """The rows of a seed, each source in three files of these names."""
    rng = random.Random(seed)
    (folder / "in").mkdir(parents=True)
    (folder / "cxunify.yaml").write_text(CONFIG.replace("LOAD", how), encoding="utf-8")
    for source, (header, body) in rows(rng).items():
        if how == "parts":  # receipts and records lie in several files, and not only where these are cut
            rng.shuffle(body)
        cuts = [0, *sorted(rng.sample(range(1, len(body)), 2)), len(body)]
        for name, begin, end in zip(names, cuts, cuts[1:], strict=False):
            text = "\n".join([header, *body[begin:end], ""])
            (folder / "in" / f"{source}-{name}.csv").write_text(text, encoding="utf-8")
    return load(folder / "cxunify.yaml")


def published(config: Config) -> dict[str, pl.DataFrame]:
    """What a run publishes, in the order of its rows, without the names of files and of the run."""
    with open_warehouse(config) as warehouse:
        pipeline.run(warehouse, config, pipeline.Request(new_run_id()), lambda _: None)
    current = config.output_path / "current"
    found = {path.name: pl.read_parquet(path) for path in sorted(current.glob("*.parquet"))}
    found["interactions"] = pl.read_parquet(current / "interactions" / "**" / "*.parquet")
    return {name: frame.drop("source_file", "run_id", strict=False) for name, frame in found.items()}


@pytest.mark.parametrize(("how", "seed"), [("parts", 1), ("append", 2), ("parts", 3), ("append", 4)])
def test_what_files_are_called_changes_nothing(tmp_path: Path, how: str, seed: int) -> None:
    first, other = (published(project(tmp_path / names, how, seed, names)) for names in ("abc", "cab"))
    assert [name for name in first if not first[name].equals(other[name])] == []
    models = {(tmp_path / names / "identity_model.json").read_bytes() for names in ("abc", "cab")}
    assert len(models) == 1
