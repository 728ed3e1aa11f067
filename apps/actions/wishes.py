"""Does a visitor want a thing done, or only talk about it? By words alone, no model call."""

import functools
import re

from berrydesk_sdk import Effect

from apps.actions import values
from berrydesk.text.languages import detect
from berrydesk.text.tokens import tokens

_WANTS = re.compile(
    r"\b(i (?:just |really |now )?(?:want|need|demand|request)|i(?:'d| would) (?:like|love)|(?:and|but) want|i wish"
    r"|i(?:'m| am) (?:requesting|asking for)|(?:can|could|may) i (?:please )?(?:get|have)|i wanna|(?:give|get|send) (?:me|my)|please|pls|kindly"
    r"|(?:can|could|would|will) you(?: please)?(?: give me)?"
    r"|ich (?:möchte|will|brauche|verlange|hätte gern(?:e)?|wünsche)|bitte|kann ich|können sie|kannst du"
    r"|quiero|quisiera|necesito|me gustaría|por favor|puede[ns]?|podría[ns]?"
    r"|je (?:veux|voudrais|souhaite|demande)|j'aimerais|s'il vous plaît|pouvez-vous|puis-je"
    r"|quero|queria|gostaria de|preciso|pode[m]?|poderia[m]?)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:and |but |so |hi |hello )?(how|what|what's|when|where|why|which|who|whose|do|does|is|are|was|were|did|has"
    r"|have you|will i|will my|would i|can (?:customers|people|one|we)|"
    r"wie|was|wann|wo|warum|welche\w*|wer|gibt es|bietet|bekomme ich|"
    r"cómo|qué|cuándo|dónde|por qué|cuál\w*|quién|hay|"
    r"comment|quand|où|pourquoi|quel\w*|qui|est-ce que vous|y a-t-il|"
    r"como|o que|quando|onde|por que|qual|quem|há)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(not|no|never|don'?t|dont|doesn'?t|didn'?t|won'?t|without|instead of|already|yet|still|got|received|waiting"
    r"|kein\w*|nicht|nie|bereits|schon|nunca|jamais|pas|não|déjà|ya|ne)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(if|unless|in case|falls|wenn|si|se|caso)\b"
    r"|^\W*(?:can|could|may|would|kann|können|puedo|puis-je|posso)\b.*\b(after|before|within|nach|vor|innerhalb"
    r"|después|antes|après|avant|depois)\b",
    re.IGNORECASE,
)
_SPEAKS_OF = (
    "about ask cancel check confirm explain explanation guarantee info information know learn policy policies question"
    " question receipt rule rules status stop tell terms track understand wonder wondering"
    " erklären frage richtlinie status wissen verstehen saber pregunta política estado savoir question politique statut"
)
_TURNS_AWAY = re.compile(
    r"^\W*(no|nope|never ?mind|forget it|cancel|stop|not now|nein|abbrechen|egal|cancelar|non|annuler|não)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_CLAUSES = re.compile(r"\s*[,;:–—]\s+|\s+(?=(?:but|aber|pero|mais|mas)\b)|\s+-\s+")


_KINDS = (  # words that ask for the same, in several languages
    "where wo dónde où onde",
    "when wann cuándo quand quando",
    "what what's wie cómo comment como was qué",
    "who wer quién qui quem",
    "which welche welcher welches welchen cuál quel quelle qual",
    "is are ist sind hat has have was were",
    "how",
    "why warum por pourquoi",
    "do does did",
)
_KIND = {word: n for n, words in enumerate(_KINDS) for word in words.split()}
_INDIRECTLY = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hallo|hola|bonjour)\b[\s,.!]*)?(?:(?:(?:can|could|would|will) you|please|pls|kindly|können sie|kannst du|bitte"
    r"|puede[ns]?|pouvez-vous|pode)\W+(?:please\W+|mir\W+|bitte\W+)*(?:tell me|check|say|look up|find out|sagen|decirme|me dire)"
    r"|i(?:'d| would) like to know|i want to know|i need to know|do you know|any idea|ich (?:möchte|will|würde gern(?:e)?) wissen"
    r"|wissen sie|quiero saber|quisiera saber|je voudrais savoir)\b[\s,:]*",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\b(what|where|when|who|how)'s\b", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:my|our|mine|meine?[mnrs]?|unsere?[mnrs]?|mis?|nuestr[oa]s?|mon|ma|mes|notre|nos|meu|minha)\b",
    re.IGNORECASE,
)
LONGEST_WITHOUT_MARK = 8
"""Words of a question that was typed without its mark."""

_BESIDE = "now right currently exactly please today still yet hello hi jetzt gerade genau bitte ahora por favor maintenant agora"


def is_wish(action, text):
    """True when a clause of ``text`` wants what one of the action's examples wants, or asks what one of them asks.

    Talking of it, asking about it, supposing it and denying it are not wishing it. A question is one only to what
    changes nothing, where its author gave that very question as an example.
    """
    if _is_asked(action, text):
        return True
    # A value anywhere counts for the whole text: "I want my money back. The order is NL-20418."
    found = values.found_in(action, text)
    has_value = bool(found) and not values.lacking(action, found)
    for sentence in _sentences(text):
        if _SUPPOSES.search(sentence) or (_ASKS.search(sentence) and sentence.rstrip().endswith("?")):
            continue
        for clause in [sentence, *_CLAUSES.split(sentence)]:
            if (
                not _ASKS.search(clause)
                and not _DENIES.search(clause)
                and _is_wanted(action, clause, has_value)
            ):
                return True
    return False


def _sentences(text):
    """The sentences of ``text`` with single blanks: a run of n would be gone through n times."""
    return [" ".join(sentence.split()) for sentence in _SENTENCES.split(text)]


def turns_away(text):
    """True when the visitor does not go on with what was asked, but declines it or asks something."""
    return bool(_TURNS_AWAY.search(text) or _ASKS.search(text) or text.rstrip().endswith("?"))


def _is_asked(action, text):
    """Whether ``text`` asks one of the questions by which an action that only looks something up is known."""
    if action.effect is not Effect.READ:
        return False
    known = [read for read in map(_question, action.examples) if read]
    found = values.found_in(action, text) if known else {}
    for value in found.values():  # of "A-1001" an "a" would be left, a word of its own in some languages
        text = text.replace(str(value), " ")
    sentences = [clause for each in _sentences(text) for clause in (each, *_CLAUSES.split(each))]
    return any(_asks(action, known, sentence, bool(found)) for sentence in sentences if sentence.strip())


def _asks(action, known, sentence, has_value):
    asked = _question(sentence)
    if not asked:
        return False
    kind, _language, _core_there, is_own = asked
    for like, language, core, of_own in known:
        said = _core(_asked_plainly(sentence), language)
        may_be = core | frozenset(tokens(_BESIDE, language))
        if has_value:
            may_be |= frozenset(tokens(values.words_of(action), language))
        if core and kind == like and core <= said <= may_be and (is_own or has_value or not of_own):
            return True
    return False


def _asked_plainly(sentence):
    """ "Can you tell me where my order is" as "where my order is", and "where's" as "where is"."""
    return _SHORT.sub(r"\1 is", _INDIRECTLY.sub("", sentence.replace("’", "'")))


@functools.lru_cache(maxsize=2000)
def _question(sentence):
    """(kind, language, what it is about, whether it speaks of the visitor's own) of a question; else None."""
    bare = _asked_plainly(sentence)
    found = _ASKS.search(bare)
    if not found or not (sentence.rstrip().endswith("?") or len(bare.split()) <= LONGEST_WITHOUT_MARK):
        return None
    word = found.group(1).lower().split()[0].removesuffix("'s")
    language = detect(sentence)
    return _KIND.get(word, word), language, _core(bare, language), bool(_OWN.search(bare))


def _is_wanted(action, clause, has_value):
    if not clause.strip():
        return False
    for example in action.examples:
        language, first, core = _read(example)
        said = _core(clause, language)
        named = frozenset(tokens(values.words_of(action), language))
        speaks_of = _stems(language) - core
        if not core or not core <= (said | named if has_value else said) or said & speaks_of:
            continue
        if not core & said:
            continue
        if _WANTS.search(clause):
            return True
        if has_value and said <= core | named:  # "refund for order NL-20418"
            return True
        begins = tokens(clause.split()[0], language) == [first] and len(clause.split()) > 1
        if begins and not clause.rstrip().endswith("?"):  # "Refund my order"
            return True
    return False


@functools.lru_cache(maxsize=2000)
def _read(example):
    """(language, stem with which an imperative begins or an empty text, what it is about)."""
    language = detect(example)
    imperative = not _WANTS.match(example) and not _ASKS.match(example)
    words = tokens(example, language)
    return language, words[0] if imperative and words else "", _core(example, language)


@functools.cache
def _stems(language):
    return frozenset(stem for word in _SPEAKS_OF.split() for stem in tokens(word, language))


def _core(clause, language):
    """What a clause is about: its stems, without numbers and without the words of wishing."""
    bare = _WANTS.sub(" ", clause.replace("’", "'"))
    return frozenset(term for term in tokens(bare, language) if not any(c.isdigit() for c in term))
