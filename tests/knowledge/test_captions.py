"""Captions keep the second at which each word is said."""

from itertools import pairwise

import pytest

from apps.knowledge import errors
from apps.knowledge.parsing import from_captions, isolation

SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:04,000\r\nWelcome to <i>the shop</i>.\r\n\r\n"
    "2\r\n00:00:04,500 --> 00:00:06,000\r\nOpen the\r\nlid first.\r\n3\r\n01:02:03,004 --> 01:02:05,000\r\n{\\an8}Done &amp; dusted.\r\n"
)
VTT = (
    "WEBVTT - Title\n\nSTYLE\n::cue { color: red }\n\nNOTE not said\n\nintro\n00:01.500 --> 00:04.000 align:start\n"
    "<v Ada>Hello <00:02.000><c>there</c></v>\n\n00:00:04.000 --> 00:00:06.000\nHello there\nThe strap\n\n"
    "00:00:06.000 --> 00:00:08.000\nThe strap\nis new.\n"
)
SBV = "0:00:01.000,0:00:02.000\nFirst.\n\n0:00:02.500,0:00:04.000\nSecond.\n"


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        (SRT, [(1.0, "Welcome to the shop."), (4.5, "Open the lid first."), (3723.004, "Done & dusted.")]),
        (VTT, [(1.5, "Ada: Hello there"), (4.0, "Hello there The strap"), (6.0, "is new.")]),
        (SBV, [(1.0, "First."), (2.5, "Second.")]),
        ("no captions at all", []),
        ("", []),
        (
            "00:00:05,000 --> 00:00:06,000\nLate.\n\n00:00:01,000 --> 00:00:02,000\nEarly.",
            [(1.0, "Early."), (5.0, "Late.")],
        ),
    ],
)
def test_each_caption_knows_its_second(text, cues):
    assert from_captions.cues(text) == cues


def test_groups_begin_with_their_time_and_end_with_a_sentence():
    found = [(n * 4, f"Sentence {n} goes on" if n % 3 else f"Sentence {n}.") for n in range(40)]
    groups = from_captions.as_markdown(found).split("\n\n")
    starts = [from_captions.start_of(group) for group in groups]
    assert starts[0] == 0 and starts == sorted(starts) and len(groups) > 3
    assert all(later - earlier <= 64 for earlier, later in pairwise(starts))
    assert all(group.endswith(".") for group in groups)
    assert from_captions.start_of("Words without a time") is None
    assert from_captions.start_of(from_captions.as_markdown([(3723, "Late.")])) == 3723


def test_a_caption_file_is_learned_with_its_times():
    with isolation.Parser() as parser:
        assert parser.parse_bytes(SRT.encode(), name="a.srt").markdown.startswith(
            "[0:01] Welcome to the shop."
        )
        assert "[0:01] Ada: Hello there" in parser.parse_bytes(VTT.encode("utf-16"), name="a.vtt").markdown
        with pytest.raises(errors.CaptionsBroken):
            parser.parse_bytes(b"Just words.", name="a.vtt")
