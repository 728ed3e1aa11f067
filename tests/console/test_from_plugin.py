"""Sources that installed plugins offer stand in step 2, each with a form of the settings it declares."""

import sys

import pytest
from django.urls import reverse

from apps.knowledge.connectors.plugin import offers
from apps.knowledge.models import Source
from tests.console.addresses import at
from tests.knowledge.test_sources import carry

CODE = """
from typing import Literal

from berrydesk_sdk import Page, SetupError, Source
from pydantic import BaseModel, Field, SecretStr

class Articles(Source):
    '''Articles of the help centre.'''

    title = "Help centre"

    class Settings(BaseModel):
        centre: str = Field(title="Name of the centre", description="As in its address", pattern="^[a-z]+$")
        token: SecretStr = Field(title="Token")
        language: Literal["en", "de"] = Field("en", title="Language")
        with_drafts: bool = Field(False, title="With drafts")
        most: int = Field(100, title="At most", json_schema_extra={"advanced": True}, ge=1)
        share: float = Field(0.5, title="Share")

    def check(self, settings):
        if settings.token.get_secret_value() != "right-token":
            raise SetupError("The token is not valid. Copy it again from the help centre.")
        return "Ready."

    def walk(self, reading):
        told = reading.settings
        yield Page("returns", f"Boots of {told.centre} come back within 30 days. {told.language} {told.with_drafts} {told.most}")

class Broken:
    pass
"""
GIVEN = {"set-centre": "nordlicht", "set-token": "right-token", "set-language": "de", "set-most": "7"}


@pytest.fixture(autouse=True)
def plugin(tmp_path):
    """The package above is installed."""
    info = tmp_path / "berrydesk_helpcentre-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: berrydesk-helpcentre\nVersion: 1.2\n")
    points = "help.articles = berrydesk_helpcentre:Articles\nhelp.broken = berrydesk_helpcentre:Broken\n"
    (info / "entry_points.txt").write_text(f"[berrydesk.sources]\n{points}")
    (tmp_path / "berrydesk_helpcentre.py").write_text(CODE)
    sys.path.insert(0, str(tmp_path))
    offers.forget()
    yield
    sys.path.remove(str(tmp_path))
    sys.modules.pop("berrydesk_helpcentre", None)
    offers.forget()


@pytest.fixture
def there(agent):
    return reverse("console:from_plugin", args=[agent.public_id, "help.articles"])


def test_it_is_offered_beside_the_others_and_a_broken_one_says_why(as_ada, agent, there):
    page = as_ada.get(at("setup_train", agent)).content.decode()
    assert f'href="{there}"' in page and "Help centre" in page
    assert "berrydesk-helpcentre 1.2 could not be loaded" in page and "not a berrydesk_sdk.Source" in page


def test_its_form_asks_for_what_the_plugin_declares(as_ada, there):
    page = as_ada.get(there).content.decode()
    for words in ("Articles of the help centre.", "Name of the centre", "As in its address", "With drafts"):
        assert words in page
    assert 'type="password"' in page and "<option selected>en</option>" in page
    assert page.index("More settings") < page.index("At most")


def test_what_is_filled_in_is_learned_and_the_secret_is_kept_apart(as_ada, agent, there):
    assert as_ada.post(there, GIVEN | {"set-with_drafts": "on"}).status_code == 302
    source = carry(Source.objects.get())
    assert (source.kind, source.name, source.status) == ("help.articles", "Help centre", "ready")
    assert source.connection.secrets == {"token": "right-token"} and "token" not in source.config
    assert source.documents.get().text == "Boots of nordlicht come back within 30 days. de True 7"


def test_what_is_wrong_comes_back_at_its_field_with_what_was_typed(as_ada, there):
    answer = as_ada.post(there, GIVEN | {"set-centre": "Not So", "set-token": ""})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="Not So"' in page and "This is needed." in page
    assert 'aria-invalid="true"' in page and not Source.objects.exists()
    assert (
        '<details class="stack-small" open>' in as_ada.post(there, GIVEN | {"set-most": "0"}).content.decode()
    )


@pytest.mark.parametrize("typed", ["nan", "1e999", "-inf"])
@pytest.mark.parametrize("field", ["set-most", "set-share"])
def test_a_number_that_cannot_be_written_out_comes_back_as_typed(as_ada, there, field, typed):
    answer = as_ada.post(there, GIVEN | {field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and f'value="{typed}"' in page and 'aria-invalid="true"' in page
    assert not Source.objects.exists()


def test_what_the_plugin_says_of_the_settings_stands_above_and_no_secret_comes_back(as_ada, there):
    answer = as_ada.post(there, GIVEN | {"set-token": "wrong-token"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Copy it again from the help centre." in page
    assert "wrong-token" not in page and 'value="nordlicht"' in page


def test_one_that_cannot_be_used_says_so_on_its_page_and_an_unknown_one_is_not_found(as_ada, agent):
    broken = reverse("console:from_plugin", args=[agent.public_id, "help.broken"])
    assert "This plugin cannot be used" in as_ada.get(broken).content.decode()
    assert as_ada.get(reverse("console:from_plugin", args=[agent.public_id, "help.none"])).status_code == 404
