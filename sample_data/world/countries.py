"""What differs from country to country: how things are written, not how they behave."""

from dataclasses import dataclass

import polars as pl

# One row per state: first digits of its postcodes, then telephone area codes.
_STATES = """
AL 350 205 251 334|AK 995 907|AZ 850 480 520 602|AR 716 479 501|CA 900 213 310 408 415 510 619 714 818 916
CO 800 303 719 970|CT 060 203 860|DE 197 302|FL 320 305 321 407 561 727 813 850 904|GA 300 404 478 706 770 912
HI 967 808|ID 832 208|IL 600 217 309 312 618 630 708 773 847|IN 460 219 260 317 574 812|IA 500 319 515 563
KS 660 316 620 785|KY 400 270 502 606 859|LA 700 225 318 504|ME 039 207|MD 206 240 301 410
MA 010 413 508 617 781 978|MI 480 231 248 313 517 586 616 734 810|MN 550 218 320 507 612 651|MS 386 228 601 662
MO 630 314 417 573 636 816|MT 590 406|NE 680 308 402|NV 889 702 775|NH 030 603|NJ 070 201 609 732 856 908 973
NM 870 505 575|NY 100 212 315 516 518 585 607 631 716 718 845 914|NC 270 252 336 704 828 910 919|ND 580 701
OH 430 216 330 419 440 513 614 740 937|OK 730 405 580 918|OR 970 503 541|PA 150 215 412 570 610 717 724 814
RI 028 401|SC 290 803 843 864|SD 570 605|TN 370 423 615 731 865 901 931
TX 750 210 214 281 361 409 512 713 806 817 903 915 972|UT 840 435 801|VT 050 802|VA 220 276 434 540 703 757 804
WA 980 206 253 360 425 509|WV 247 304|WI 530 262 414 608 715 920|WY 820 307
"""
_LAENDER = """
BW 70 711 721 731 761|BY 80 89 821 911 941|BE 10 30|BB 14 331 335|HB 28 421|HH 20 40|HE 60 69 611 561
MV 18 381 385|NI 30 511 531 541|NW 40 211 221 231 201 228 251|RP 55 6131 621 261|SL 66 681|SN 01 351 341 371
ST 39 391 345|SH 24 431 451|TH 99 361 3641
"""
_AREAS = """
London SW 20|London SE 20|London N 20|Birmingham B 121|Greater_Manchester M 161|Merseyside L 151|Leeds LS 113
Sheffield S 114|Bristol BS 117|Tyne_and_Wear NE 191|Nottinghamshire NG 115|Leicestershire LE 116|Kent CT 1227
Sussex BN 1273|Cambridgeshire CB 1223|Norfolk NR 1603|Devon EX 1392|Cornwall TR 1872|Oxfordshire OX 1865
Hampshire SO 23|Cardiff CF 29|Edinburgh EH 131|Glasgow G 141
"""


@dataclass(frozen=True)
class Country:
    """How one country writes names, places, numbers, dates and money."""

    code: str
    name: str
    dial: str
    tills_zone: str
    currency: str
    money: str
    decimal: str
    date: str
    regions: tuple[tuple[str, ...], ...]
    mobiles: tuple[str, ...]
    phones: tuple[str, ...]
    domains: tuple[tuple[str, str], ...]
    suffixes: tuple[str, str]
    streets: tuple[str, ...]
    short: tuple[tuple[str, str], ...]
    unit: tuple[str, ...]
    common_streets: tuple[str, ...]
    towns: tuple[tuple[str, ...], tuple[str, ...]]
    salutations: tuple[str, str]
    tax: float


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split("|"))


def _pairs(table: str) -> tuple[tuple[str, str], ...]:
    return tuple((left, right) for left, _, right in (entry.partition(":") for entry in table.split("|")))


def _regions(table: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(row.replace("_", " ") for row in line.split()) for line in table.strip().replace("\n", "|").split("|")
    )


US = Country(
    code="US",
    name="United States",
    dial="1",
    tills_zone="Eastern Time (US & Canada)",
    currency="USD",
    money="${}",
    decimal=".",
    date="%Y-%m-%d",
    regions=_regions(_STATES),
    mobiles=(),
    phones=_words(
        "({area}) {a}-{b}|{area}-{a}-{b}|{area}.{a}.{b}|{area}{a}{b}|+1 {area} {a} {b}|+1{area}{a}{b}|"
        "1-{area}-{a}-{b}|{area} {a} {b}|'{area}{a}{b}|({area}){a}-{b}"
    ),
    domains=_pairs(
        "gmail.com:46|yahoo.com:16|hotmail.com:9|icloud.com:9|outlook.com:8|aol.com:5|comcast.net:3|"
        "live.com:2|verizon.net:1|proton.me:1"
    ),
    suffixes=("Sr.", "Jr."),
    streets=_words("Street|Avenue|Drive|Lane|Road|Court|Place|Boulevard|Way|Circle|Terrace|Trail"),
    short=_pairs(
        "Street:St|Avenue:Ave|Drive:Dr|Lane:Ln|Road:Rd.|Court:Ct|Place:Pl|Boulevard:Blvd|Circle:Cir|"
        "Terrace:Ter|Trail:Trl"
    ),
    unit=(", Apt {}", " #{}", ", Unit {}", " apt. {}"),
    common_streets=_words(
        "Main|Oak|Park|Church|Maple|Cedar|Elm|Washington|Lake|Hill|Walnut|Spring|North Main|Ridge|Lincoln|"
        "Second|Third|Pine|Highland|Jefferson|Mill|River|Sunset|Jackson|Franklin|Willow|Meadow|Forest|"
        "Chestnut|Martin Luther King Jr"
    ),
    towns=(
        _words("||||North |New |Lake |Fort |Mount |West "),
        _words("ville|ton|field|burg| Springs|wood| Falls|dale|port|ford| Heights|land"),
    ),
    salutations=("Mr.", "Ms."),
    tax=0.07,
)
DE = Country(
    code="DE",
    name="Germany",
    dial="49",
    tills_zone="Berlin",
    currency="EUR",
    money="{} €",
    decimal=",",
    date="%d.%m.%Y",
    regions=_regions(_LAENDER),
    mobiles=_words("151|152|157|159|160|162|170|171|172|173|174|175|176|177|178|179"),
    phones=_words(
        "0{area} {a}{b}|0{area}/{a}{b}|+49 {area} {a}{b}|+49{area}{a}{b}|0049{area}{a}{b}|"
        "(0{area}) {a} {b}|+49 (0){area} {a}{b}|0{area}{a}{b}|0{area}-{a}{b}|'0{area}{a}{b}"
    ),
    domains=_pairs(
        "gmx.de:24|web.de:22|gmail.com:22|t-online.de:12|icloud.com:5|freenet.de:4|yahoo.de:4|outlook.de:4|hotmail.de:3"
    ),
    suffixes=("sen.", "jun."),
    streets=("straße", "weg", "gasse", "platz", "allee", "ring", "ufer", "damm"),
    short=(("straße", "str."), ("Straße", "Str."), ("straße", "strasse"), ("platz", "pl.")),
    unit=(" / Whg. {}", " (App. {})", ", Wohnung {}"),
    common_streets=_words(
        "Haupt|Schul|Garten|Bahnhof|Dorf|Berg|Birken|Linden|Kirch|Wald|Ring|Schiller|Goethe|Mozart|Rosen|"
        "Wiesen|Feld|Mühlen|Jahn|Buchen|Eichen"
    ),
    towns=(
        _words("||||Bad |Neu|Ober|Nieder|Groß "),
        _words("hausen|heim|dorf|burg|stadt|berg|bach|feld|ingen|kirchen|walde|furt"),
    ),
    salutations=("Herr", "Frau"),
    tax=0.0,
)
GB = Country(
    code="GB",
    name="United Kingdom",
    dial="44",
    tills_zone="London",
    currency="GBP",
    money="£{}",
    decimal=".",
    date="%d/%m/%Y",
    regions=_regions(_AREAS),
    mobiles=("74", "75", "77", "78", "79"),
    phones=_words(
        "0{area} {a} {b}|0{area}{a}{b}|+44 {area} {a} {b}|+44{area}{a}{b}|+44 (0){area} {a} {b}|"
        "(0{area}) {a} {b}|0{area}-{a}-{b}|0044 {area} {a}{b}|'0{area}{a}{b}"
    ),
    domains=_pairs(
        "gmail.com:42|hotmail.co.uk:14|yahoo.co.uk:12|outlook.com:9|icloud.com:8|btinternet.com:7|"
        "live.co.uk:4|sky.com:3|virginmedia.com:2"
    ),
    suffixes=("Snr", "Jnr"),
    streets=_words("Road|Street|Lane|Avenue|Close|Drive|Gardens|Way|Crescent|Court|Terrace|Grove"),
    short=_pairs("Road:Rd|Street:St|Lane:Ln|Avenue:Ave|Close:Cl|Drive:Dr|Gardens:Gdns|Crescent:Cres|Terrace:Terr"),
    unit=(", Flat {}", " Flat {}", ", Apartment {}"),
    common_streets=_words(
        "High|Station|Main|Park|Church|Victoria|Green|Manor|Kings|Queens|New|Grange|North|School|Mill|The|"
        "York|Springfield|Albert|Alexandra|Chapel|Windsor"
    ),
    towns=(
        _words("||||Great |Little |Upper |St |Market "),
        _words("ham|ton|ley|bury|ford|wick|worth|mouth|borough|field|stoke| Green"),
    ),
    salutations=("Mr", "Mrs"),
    tax=0.0,
)
COUNTRIES = {country.code: country for country in (US, DE, GB)}


def money(country: Country, cents: pl.Expr) -> pl.Expr:
    """Write an amount as the tills do: $1,234.50, -$3.00, 1.234,50 €."""
    size = cents.abs()
    thousands = "," if country.decimal == "." else "."
    whole = size // 100
    low = (whole % 1000).cast(pl.String)
    grouped = pl.when(whole >= 1000).then((whole // 1000).cast(pl.String) + thousands + low.str.zfill(3)).otherwise(low)
    number = grouped + country.decimal + (size % 100).cast(pl.String).str.zfill(2)
    before, _, after = country.money.partition("{}")
    sign = pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return sign + pl.lit(before) + number + pl.lit(after)
