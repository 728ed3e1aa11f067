"""How passages are ranked, folded and told apart."""

import numpy
import pytest

from apps.knowledge import batching
from apps.knowledge.retrieval import folding, ranking, searching, windows
from berrydesk.text import embedding

SHIPPING = (
    "We ship to Norway, Sweden and Germany. Parcels to Norway take 3 to 5 working days and cost 9 euros. "
    "Pay the duty yourself. Every parcel is insured, and the number to track it is mailed to you on the day it leaves."
)


def learn(agent, *documents):
    batching.batch(agent, [{"external_id": i, "title": t, "text": x, "url": u} for i, t, x, u in documents])


def test_the_same_text_on_two_pages_takes_one_place(agent):
    learn(
        agent,
        ("a", "Shipping", SHIPPING, "https://lumi.example/shipping"),
        ("b", "Delivery", SHIPPING, "https://lumi.example/delivery"),
        ("c", "Boots", "Boots are made of leather and are shipped in a box.", ""),
    )
    found = searching.search(agent, "Do you ship to Norway?")
    assert [f.external_id for f in found] in (["a", "c"], ["b", "c"])
    (other,) = found[0].others
    assert {found[0].external_id, other[1]} == {"a", "b"}
    assert other[3].startswith("https://lumi.example/")


def test_texts_that_differ_in_a_number_both_keep_their_place():
    assert folding.fold([SHIPPING, SHIPPING.replace("9 euros", "12 euros")]) == [[0], [1]]


def test_a_word_more_is_still_the_same_text():
    assert folding.fold([SHIPPING, f"{SHIPPING} Thanks!", "Something else"]) == [[0, 1], [2]]


def test_texts_say_the_same_up_to_one_word_in_twenty():
    words = [f"{a}{b}" for a in "bcdfghklmn" for b in "aeiouvwxyz"]
    almost, other = [*words[:-5], *"abcde"], [*words[:-6], *"abcdef"]
    texts = [" ".join(each) for each in (words, almost, other, words[:-5], words[:-6], reversed(words))]
    assert folding.fold(texts) == [[0, 1, 3, 5], [2], [4]]
    assert folding.fold(["", "...", "One", "one!"]) == [[0, 1], [2, 3]]


def test_a_compound_is_found_by_its_parts(agent):
    learn(
        agent,
        ("versand", "", "Für den Versand nach Österreich fallen Kosten von sechs Euro an.", ""),
        ("garantie", "", "Auf Rahmen und Gabel gewähren wir fünf Jahre Garantie ab dem Tag des Kaufs.", ""),
        ("werkstatt", "", "Die Werkstatt hat von Montag bis Freitag geöffnet, im Winter auch samstags.", ""),
    )
    assert searching.search(agent, "Versandkostenpauschale?")[0].external_id == "versand"


def test_windows_come_out_as_they_went_in():
    text = "Der Versand kostet sechs Euro. Wir liefern nach Wien. Zahlen Sie per Rechnung."
    spans, own = windows.texts("Versand", "", text)
    packed = windows.pack("Versand", "", text, "de", spans, embedding.embed(own))
    seen = windows.unpack(packed)
    assert [text[a:b] for a, b in seen.spans] == [
        "Der Versand kostet sechs Euro.",
        "Wir liefern nach Wien.",
        "Zahlen Sie per Rechnung.",
    ]
    assert seen.vectors.shape == (2, embedding.DIMENSIONS)
    assert set(windows.grams("versand", "de")) <= set(seen.grams.tolist())
    assert not len(windows.unpack(windows.pack("", "", text, "en", spans, embedding.embed(own))).grams)


@pytest.mark.parametrize(("words", "whole_wins"), [(2, True), (12, False)])
def test_a_few_words_are_looked_for_in_the_whole_passage(words, whole_wins):
    zero = numpy.zeros(2)
    measured = ranking.Measured(
        window=numpy.array([0.0, 1.0]),
        pairs=numpy.array([0.0, 1.0]),
        title=zero,
        similarity=zero,
        whole=zero,
        grams=zero,
        has_grams=numpy.array([False, False]),
        best=zero,
        window_words=zero,
        here=zero,
    )
    fused = ranking.fuse(numpy.array([1.0, 0.0]), measured, numpy.ones(2), words)
    assert (fused[0] > fused[1]) is numpy.bool_(whole_wins)


def test_a_page_lends_its_passages_what_its_best_one_scores():
    fused = ranking.with_pages(numpy.array([0.9, 0.5, 0.55]), ["a", "a", "b"])
    assert fused.argsort().tolist() == [2, 1, 0]
