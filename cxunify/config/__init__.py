"""cxunify.yaml -> Config: the models, and the only reader of YAML."""

from cxunify.config.load import document, load, presets
from cxunify.config.models import Config, Identity, Interaction, Person, Profile, Publish, Quality, Source

__all__ = [
    "Config", "Identity", "Interaction", "Person", "Profile", "Publish", "Quality", "Source",
    "document", "load", "presets",
]  # fmt: skip
