"""How people and systems write yes and no, opt-ins and opt-outs included; in small letters."""

from __future__ import annotations

TRUE = (
    "yes", "y", "true", "t", "1", "1.0", "on", "x", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "sì", "s", "sim",
    "verdadero", "vero", "tak", "subscribed", "opted in", "opt-in", "optin", "granted", "allowed", "enabled", "checked",
)  # fmt: skip
FALSE = (
    "no", "n", "false", "f", "0", "0.0", "off", "nein", "falsch", "non", "faux", "não", "nao", "falso", "nie", "nee",
    "unsubscribed", "opted out", "opt-out", "optout", "denied", "not allowed", "disabled", "unchecked", "cleaned",
    "non-subscribed", "nonsubscribed", "not_subscribed", "not subscribed", "never subscribed",
)  # fmt: skip
