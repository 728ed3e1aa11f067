"""The owner's synonyms are found by, kept and refused in words."""

import pytest

from apps.knowledge import batching, wording
from apps.knowledge.retrieval import searching
from berrydesk.text.synonyms import alternatives

DOCUMENTS = [
    {"external_id": "survey", "title": "", "text": "The net promoter score is shown on the first page."},
    {
        "external_id": "export",
        "title": "",
        "text": "Exports come as a table once a day and are kept for a week.",
    },
    {"external_id": "badge", "title": "", "text": "Badges are printed at the gate by our own staff."},
]


def test_a_question_finds_what_the_owner_calls_otherwise(agent):
    batching.batch(agent, DOCUMENTS)
    wording.replace(agent, [["gizmo", "badge"]])
    assert searching.search(agent, "Who prints the gizmo?")[0].external_id == "badge"


def test_a_wording_of_several_words_is_said_as_a_whole():
    groups = [["NPS", "net promoter score"]]
    assert {"net", "promot", "score"} <= set(alternatives("What is the NPS?", "en", groups))
    assert "nps" in alternatives("the net promoter score", "en", groups)
    assert "nps" not in alternatives("what is the score", "en", groups)


@pytest.mark.parametrize(
    ("question", "language", "page", "text"),
    [
        (
            "Can I call off my order?",
            "en",
            "cancel",
            "You can cancel your order until it leaves our warehouse.",
        ),
        (
            "How quickly do you send out parcels?",
            "en",
            "shipping",
            "Shipping takes three days, parcels are insured.",
        ),
        ("Is the kettle sold out?", "en", "stock", "Leave your e-mail if a kettle is out of stock."),
        ("Die Bestellung rückgängig machen", "de", "storno", "Sie können jede Bestellung stornieren."),
        ("Mein Kessel geht nicht", "de", "defekt", "Ist Ihr Kessel defekt, ersetzen wir ihn."),
        ("El hervidor no funciona", "es", "roto", "Si su hervidor llega dañado, lo cambiamos."),
        ("He perdido mi clave", "es", "contraseña", "Para restablecer su contraseña, pulse aquí."),
        ("Où est mon paquet ?", "fr", "suivi", "Le suivi de votre colis est en ligne."),
        ("La bouilloire ne marche pas", "fr", "casse", "Une bouilloire défectueuse est remplacée."),
    ],
)
def test_what_every_business_is_asked_is_found_in_other_words(agent, question, language, page, text):
    others = {
        "en": ["Our kettle has a warranty of two years.", "Your order comes in a box."],
        "de": ["Der Kessel hat zwei Jahre Garantie.", "Die Bestellung kommt in einem Karton."],
        "es": ["El hervidor tiene dos años de vida.", "Mi tienda abre a las diez."],
        "fr": ["La bouilloire a deux ans de vie.", "Mon magasin est en ville."],
    }[language]
    documents = [{"external_id": page, "title": "", "text": text}]
    documents += [{"external_id": f"other-{n}", "title": "", "text": each} for n, each in enumerate(others)]
    batching.batch(agent, documents)
    assert searching.search(agent, question)[0].external_id == page


def test_characters_without_spaces_have_synonyms(agent):
    assert "回收" in alternatives("可以换旧吗", "zh", [["换旧", "回收"]])


def test_lines_become_groups_without_doubles():
    assert wording.read("trainer, Sneaker ,sneaker\n\n靴子，长靴") == [
        ["trainer", "Sneaker"],
        ["靴子", "长靴"],
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("boots", wording.SynonymAlone),
        (",,,", wording.SynonymAlone),
        ("boots, the", wording.SynonymEmpty),
        ("boots, !!!", wording.SynonymEmpty),
        ("boots, " + "x" * 61, wording.SynonymsTooLong),
        (", ".join(f"w{n}" for n in range(13)), wording.SynonymsTooLong),
        ("a1, b1\n" * 201, wording.TooManySynonyms),
    ],
)
def test_nonsense_is_refused_in_words(text, problem):
    with pytest.raises(problem) as told:
        wording.read(text)
    assert told.value.message
    assert told.value.remedy


def test_saving_replaces_all(agent):
    wording.replace(agent, [["a1", "b1"], ["c1", "d1"]])
    wording.replace(agent, [["e1", "f1"]])
    assert wording.of(agent) == [["e1", "f1"]]
