"""Words as the index knows them."""

import pytest

from berrydesk.text.tokens import count_words, plain_words, tokens


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("How do I return the boots?", "en", ["return", "boot"]),
        ("Wie hoch sind die Versandkosten?", "de", ["hoch", "versandkost"]),
        ("请问靴子怎么退货？", "zh", ["靴子", "退货"]),
        ("的", "zh", ["的"]),
        ("貸切風呂", "ja", ["貸切", "切風", "風呂"]),
    ],
)
def test_small_words_are_left_out_and_the_rest_is_reduced(text, language, words):
    assert tokens(text, language) == words


def test_three_pairs_of_characters_count_as_one_word():
    assert count_words(tokens("return boots return", "en")) == 2
    assert count_words(tokens("貸切風呂", "ja")) == 1


def test_plain_words_are_as_written():
    assert plain_words("Die Versandkosten sind hoch: 靴子", "de") == ["versandkosten", "hoch"]
