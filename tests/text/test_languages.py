"""A few words are told apart; what might be several languages stays with the conversation's."""

import pytest

from berrydesk.text import languages

ASKED = {
    "en": [
        *("Where is my order?", "Can I return boots?", "opening hours", "Do you sell crampons for glaciers?"),
        *("refund please", "Is it waterproof?", "size chart", "And to Denmark?"),
    ],
    "de": [
        *("Wo ist meine Bestellung?", "Was kostet der Versand?", "Öffnungszeiten", "Und nach Dänemark?"),
        *("Größentabelle", "Reißverschluss kaputt", "Habt ihr am Samstag offen?", "Rücksendung"),
    ],
    "es": ["¿Dónde está mi pedido?", "Cuanto cuesta el envio?", "Tienen descuento?", "Aceptan tarjeta?"],
    "pt": ["Quanto custa o envio?", "Vocês têm desconto?", "Aceitam cartão?", "horário de funcionamento"],
    "fr": ["Où est ma commande ?", "horaires d'ouverture", "et au Danemark ?", "C'est imperméable ?"],
    "ja": ["注文はどこですか?", "返品できますか"],
    "zh": ["我的订单在哪里?", "可以退货吗"],
    "ar": ["أين طلبي؟", "كم تكلفة الشحن؟"],
}


@pytest.mark.parametrize(("language", "words"), [(code, w) for code, many in ASKED.items() for w in many])
def test_a_short_question_is_told_by_its_words(language, words):
    assert languages.detect(words, fallback="?") == language


@pytest.mark.parametrize("words", ["asdfgh", "parking", "Nordlicht", "12345", "??", "A-1001"])
def test_what_might_be_any_language_falls_back(words):
    assert languages.detect(words, fallback="de") == "de"


def test_what_cannot_be_told_is_each_callers_own_though_it_was_asked_before():
    assert [languages.detect("OK", fallback=code) for code in ("de", "", "es")] == ["de", "", "es"]
