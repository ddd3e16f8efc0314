"""cxunify.yaml -> Config: the models, and the only reader of YAML."""

from cxunify.config.columns import CurrencyOf, KindIf, KindOf, Model, Money, Number, Phrase, Text, When
from cxunify.config.consent import Flag
from cxunify.config.document import document
from cxunify.config.keys import Key
from cxunify.config.load import load
from cxunify.config.models import Config, Identity, Profile, Publish, Quality, Spark
from cxunify.config.presets import Preset, Recognised, preset, presets, recognise
from cxunify.config.sources import Csv, Interaction, NamesFile, Person, Source

__all__ = [
    "Config", "Csv", "CurrencyOf", "Flag", "Identity", "Interaction", "Key", "KindIf", "KindOf", "Model", "Money", "NamesFile",
    "Number", "Person", "Phrase", "Preset", "Profile", "Publish", "Quality", "Recognised", "Source", "Spark", "Text", "When",
    "document", "load", "preset", "presets", "recognise",
]  # fmt: skip
