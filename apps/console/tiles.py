"""The services that step 2 offers beside its box, each with a page of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


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
