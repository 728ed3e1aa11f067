"""The conformance kit for sources lets good ones pass and names what is wrong with each bad one."""

import pytest
from berrydesk_sdk import Gone, Page, Problem, Retryable, Source, Unchanged
from berrydesk_sdk.testing_sources import check_source, check_source_away
from pydantic import BaseModel, SecretStr


class Shelf(Source):
    """Books of a shelf."""

    class Settings(BaseModel):
        token: SecretStr = SecretStr("very-secret")

    books = ("Ada", "Vera")

    def walk(self, reading):
        for name in self.books:
            if reading.knows(name, "1"):
                yield Unchanged(name)
            else:
                yield Page(name, f"The book of {name}.", version="1")


class Feed(Source):
    """News, from where it left off."""

    lists_everything = False

    def walk(self, reading):
        for number in range(reading.bookmark.get("next", 0), 3):
            yield Page(f"n{number}", f"News number {number}.")
        reading.bookmark = {"next": 3}


class Secretive(Shelf):
    def walk(self, reading):
        yield Problem(
            "Ada", f"very-secret was {reading.settings.token.get_secret_value()}", "Look at it again."
        )


class Deaf(Shelf):
    def walk(self):
        yield Page("Ada", "The book of Ada.")


class Awaiting(Shelf):
    async def walk(self, reading):
        yield Page("Ada", "The book of Ada.")


class Twice(Shelf):
    books = ("Ada", "Ada")


class Vague(Shelf):
    def walk(self, reading):
        yield Problem("Ada", "Failed", "Retry")


class Raw(Shelf):
    def walk(self, reading):
        yield {"id": "Ada"}


class Forgetful(Shelf):
    def walk(self, reading):
        for name in self.books:
            if not reading.knows(name, "1"):
                yield Page(name, "A book.", version="1")


class Hasty(Shelf):
    def walk(self, reading):
        for name in self.books:
            yield Gone(name) if reading.knows(name, "1") else Page(name, "A book.", version="1")


class Stateful(Shelf):
    def __init__(self):
        self.met = set()

    def walk(self, reading):
        for name in self.books:
            if name not in self.met:
                self.met.add(name)
                yield Page(name, "A book.", version="1")


class Linked(Shelf):
    def walk(self, reading):
        yield Page("Ada", "A book.", url="javascript:alert(1)")


class Marked(Feed):
    def walk(self, reading):
        yield from super().walk(reading)
        reading.bookmark = {"next": {1, 2}}


class Open(Shelf):
    class Settings(BaseModel):
        api_key: str = "plain"


@pytest.mark.parametrize("good", [Shelf, Feed])
def test_a_good_source_passes(good):
    assert len(check_source(good())) >= 2


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Secretive, "is told to people"),
        (Deaf, r"calls walk\(reading\), and walk does not take that"),
        (Awaiting, "walk is called without await"),
        (Twice, "Met twice"),
        (Vague, "whole sentences"),
        (Raw, "not dict"),
        (Forgetful, "answer Unchanged"),
        (Hasty, "Nothing was deleted"),
        (Stateful, "meets the same documents"),
        (Linked, "url is a web address"),
        (Marked, "bookmark holds only"),
        (Open, "SecretStr"),
    ],
)
def test_what_is_wrong_is_named(bad, said):
    with pytest.raises(AssertionError, match=said):
        check_source(bad())


class Away(Shelf):
    def walk(self, reading):
        raise self.error
        yield


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Retryable("The shelf does not answer."), None),
        (KeyError("shelf"), "not KeyError"),
        (None, "cannot have worked"),
    ],
)
def test_a_service_that_is_away_ends_in_an_error_of_the_sdk(error, said):
    source = Away() if error else Shelf()
    source.error = error
    if said is None:
        check_source_away(source, Shelf.Settings())
    else:
        with pytest.raises(AssertionError, match=said):
            check_source_away(source, Shelf.Settings())
