"""Second stage: what language, is it a greeting, does the visitor want a person. No model call."""

import re
from dataclasses import dataclass

from berrydesk.text.languages import detect


@dataclass(frozen=True)
class Understood:
    """``kind`` is ``question``, ``hello``, ``thanks`` or ``person``."""

    language: str
    kind: str


_HUMAN = (
    r"(?:human|(?:real |actual |live )?person|someone real|representative|(?:live |human |support |customer service )agent"
    r"|customer service|operator|somebody|someone|supervisor|manager|member of (?:your )?(?:staff|team))"
)
_PERSON = re.compile(
    r"^\s*(?:a |an |the )?(?:real |live )?(?:human|person|agent|operator|representative)(?:,? please)?[.!]*\s*$"
    rf"|\b(?:talk|speak|chat|connect|transfer|switch|put|pass|hand|escalate|get)\b(?:\s+\w+){{0,3}}?"
    rf"\s+(?:to|with|through to|over to|for)?\s*(?:a |an |the |your |some )?{_HUMAN}\b"
    rf"|\b(?:want|need|like|prefer|give|get|have)\b(?:\s+me)?(?:\s+to (?:have|get|see))?\s+(?:a |an )(?:real |live |actual )?"
    r"(?:human|person|representative|operator|live agent|human agent)\s*(?:please|now|instead|here)?\s*[.!?]*$"
    r"|\b(?:stop|no more|not (?:talking to )?a) (?:bot|robot)\b"
    # German
    r"|\b(?:mit|an|zu) (?:einem|einer|einen|eine|dem|der)? ?(?:echten |richtigen )?"
    r"(?:mensch(?:en)?|mitarbeiter(?:in)?|person|berater(?:in)?|kundendienst|kundenservice)\b.{0,40}"
    r"(?:sprechen|reden|verbinden|weiterleiten|schreiben|chatten)"
    r"|\b(?:verbinden|leiten) sie mich\b|^\s*(?:ein(?:en)? )?(?:mensch|mitarbeiter)(?:en)?,? bitte"
    # Spanish, Portuguese, French
    r"|\b(?:hablar|comunicar(?:me)?|conectar(?:me)?|pasar(?:me)?|p[aá]same|chatear)\b.{0,20}\b(?:con|a)\b.{0,12}"
    r"\b(?:persona|humano|agente|asesor|operador|alguien)\b"
    r"|\b(?:falar|conversar|atendid[oa])\b.{0,20}\b(?:com|por)\b.{0,12}\b(?:pessoa|humano|atendente|algu[eé]m)\b"
    r"|\b(?:parler|discuter|[eé]changer|passer|joindre)\b.{0,20}\b(?:[aà]|avec|au)\b.{0,12}"
    r"\b(?:personne|humain|conseiller|conseill[eè]re|agent|quelqu)"
    # Japanese, Chinese, Arabic
    r"|(?:人間|担当者|オペレーター|人)(?:と|に)(?:話|繋|つな|代わ|変わ)"
    r"|(?:转|轉|找|要|联系|聯繫|接)(?:一下)?(?:人工|真人|客服)|人工客服|真人客服"
    r"|(?:أتحدث|التحدث|أكلم|تحويلي|أتكلم|التكلم|الكلام)\s+(?:إلى|مع|الى)\s+(?:شخص|إنسان|موظف|مسؤول|ممثل)",
    re.IGNORECASE,
)

_HELLO = re.compile(
    r"^\s*(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|moin|servus"
    r"|hola|buen[oa]s(?: d[ií]as| tardes| noches)?|bonjour|bonsoir|salut|ol[aá]|bom dia|boa (?:tarde|noite)"
    r"|こんにちは|こんばんは|おはよう(?:ございます)?|你好|您好|嗨|مرحبا|مرحبًا|أهلا|السلام عليكم)"
    r"(?:\s+there)?[\s,.!?。！👋]*$",
    re.IGNORECASE,
)

_THANKS = re.compile(
    r"^\s*(?:ok(?:ay)?[,.]?\s+)?(?:thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|ty|cheers|danke(?: sch[oö]n| sehr)?"
    r"|vielen dank|(?:muchas )?gracias|merci(?: beaucoup)?|(?:muito )?obrigad[oa]|ありがとう(?:ございます)?|谢谢(?:你|您)?"
    r"|شكرا|شكرًا)[\s,.!。！🙏👍]*$",
    re.IGNORECASE,
)


def understand(question, *, fallback_language):
    """Say what the visitor's words are. Where their language cannot be told it is ``fallback_language``."""
    if _PERSON.search(question):
        kind = "person"
    elif _HELLO.match(question):
        kind = "hello"
    elif _THANKS.match(question):
        kind = "thanks"
    else:
        kind = "question"
    return Understood(language=detect(question, fallback=fallback_language), kind=kind)
