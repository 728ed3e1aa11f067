"""The services that step 2 offers beside its box, those of installed plugins too, each with a page of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.knowledge.connectors.plugin import offers


@dataclass(frozen=True)
class Tile:
    """``address`` is the name of a page that takes an agent's public id, and ``what`` where one page serves several
    tiles; ``icon`` one of icons.svg."""

    title: str
    icon: str
    address: str
    what: str = ""


TILES = (
    Tile(_("Notion"), "notion", "console:notion"),
    Tile(_("Google Drive"), "drive", "console:drive"),
    Tile(_("YouTube"), "play", "console:from_address", "youtube"),
    Tile(_("Past conversations"), "chat", "console:past_conversations"),
    Tile(_("Product feed"), "tag", "console:from_address", "feed"),
)


def of_plugins():
    """(a tile for each source that a plugin offers, the offers that cannot be loaded)."""
    found = offers.catalogue()
    tiles = [
        Tile(offer.made.title, "plug", "console:from_plugin", offer.key) for offer in found if offer.made
    ]
    return tiles, [offer for offer in found if offer.made is None]
