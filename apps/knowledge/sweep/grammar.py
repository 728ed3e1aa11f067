"""How a sentence says something: asserted or asked for, under a condition, in a side clause, as a possibility.

Only what is asserted can be contradicted: "if it does not start, press the button" denies nothing, and neither does
"select Not connected".
"""

import re

from apps.knowledge.sweep import vocabulary as v

_SIDE = {
    "en": r"if|when|whenever|whether|unless|because|since|where|wherever|which|who|whom|whose|why|how|what|once|before|after|until|although|though|as long as|in case|so that|than|while|"
    r"(?<!note )(?<!know )(?<!remember )(?<!aware )(?<!sorry )(?<!regret )(?<!afraid )(?<!means )(?<!say )that",
    "de": r"wenn|falls|ob|weil|sofern|solange|bevor|nachdem|während|obwohl|damit|wer|wen|wem|was|wo|wie|warum|sobald|indem|"
    r"(?<!beachten sie, )(?<!wissen, )dass",
    "es": r"si|cuando|porque|donde|aunque|mientras|quien|quienes|como|para que|hasta que|antes de que|(?<!cuenta )(?<!lamentamos )(?<!recuerde )que",
    "fr": r"si|s['’]ils?|quand|lorsque|lorsqu['’]\w+|parce|où|dont|puisque|qui|afin|(?<!noter )que|qu['’]",
}
_SIDES = {
    language: re.compile(rf"(?i)(?<![\w-])(?:{words})(?![\w-])") if language != "fr" else re.compile(rf"(?i)(?<![\w-])(?:{words})")
    for language, words in _SIDE.items()
}  # fmt: skip
_RELATIVE = re.compile(
    r"(?i),\s+(?:in |mit |von |auf |für |bei |aus )?(?:die|der|das|den|dem|deren|dessen|denen|welche[rsnm]?)\s+\w"
)
"""A German side clause that begins with a relative pronoun."""

_BREAK = re.compile(r"[;:,.()–—]\s|\s[–—-]\s|^\s*")
_MAYBE = re.compile(
    r"(?i)\b(?:(?:might|could|would|should|did|was|were|had|has|have)\s+(?:\w+\s+)?not|(?:did|was|were|has|have|could|would|should|had)n['’]t|may not (?!be (?:re|ex|ca|can|sold|used|brought|taken|combined|transferred|shared|claimed|booked))|"
    r"(?:könnte|könnten|würde|würden|sollte|sollten|wurde|wurden|hat|haben|war|waren)\s+(?:\w+\s+){0,3}(?:nicht|kein\w*)|"
    r"no (?:ha|han|fue|fueron|pudo|podría|debería)|n['’](?:a|ont|avait|était)\s+pas|ne (?:pourrait|devrait)\w* pas)\b"
)
"""What was or might be: told, not ruled."""

_IMPERATIVE_EN = re.compile(
    r"(?i)^\W*(?:"
    r"accept|access|add|adjust|allow|answer|apply|ask|assign|attach|authenticate|avoid|begin|browse|build|call|change|charge|check|choose|claim|clean|clear|"
    r"click|close|collect|combine|compare|complete|configure|confirm|connect|consider|consult|contact|continue|copy|create|customize|cut|decide|define|"
    r"delete|deploy|describe|determine|disable|disconnect|discuss|double-click|download|drag|drop|dry|edit|enable|ensure|enter|establish|evaluate|examine|"
    r"exit|expand|explain|explore|export|extract|fill|find|fix|follow|format|generate|get|give|go|grab|grant|handle|highlight|hold|identify|implement|import|"
    r"include|inform|initialize|insert|inspect|install|introduce|investigate|invoke|issue|join|keep|leave|let|limit|link|list|load|locate|log|look|maintain|"
    r"make|mark|mention|merge|modify|monitor|mount|move|name|navigate|note|notice|obtain|offer|open|paste|perform|pick|place|plug|point|press|prevent|print|"
    r"provide|pull|push|put|query|raise|read|record|reduce|refer|refresh|register|reinstall|release|remember|remove|rename|repeat|replace|reply|report|"
    r"request|reset|resize|restart|restore|resume|retry|return|review|right-click|rotate|run|save|scan|scroll|search|see|select|send|set|shake|share|show|"
    r"shut|sign|skip|sort|specify|split|start|stop|store|submit|swipe|switch|synchronize|take|tap|tell|test|think|transfer|treat|troubleshoot|try|turn|type|"
    r"unlock|unmount|unplug|update|upgrade|upload|use|validate|verify|view|visit|wait|wash|watch|wear|wipe|write"
    r")(?![\w-])"
)  # fmt: skip
"""Verbs with which an English instruction begins."""

_IMPERATIVE = {
    "de": re.compile(
        r"(?i)^\W*(?:bitte\s+)?(?:\w+(?:en|ern|eln)(?:\s+sie\b|,\s+(?:ob|dass|wie|was)\b)|nicht\s+\w+en\b)|^\W*(?:[\w,-]+\s+){0,8}\w+(?:en|ern|eln)\s+Sie\b"
    ),
    "es": re.compile(
        r"(?i)^\W*(?:no\s+)?(?:pulse|haga|seleccione|elija|abra|escriba|introduzca|active|desactive|use|utilice|vaya|compruebe|asegúrese|mueva|arrastre|cierre|conecte|instale|añada|quite|elimine|cambie|mantenga|espere|intente|pruebe|consulte|vea|guarde|lea|ponga|lave|deje)\b"
    ),
    "fr": re.compile(r"(?i)^\W*(?:ne\s+)?\w{3,}ez\b"),
}
_CONDITIONAL = {
    "en": re.compile(
        r"(?i)^\W*(?:if|when|whenever|once|to|in order to|before|after|until|while|unless|as soon as|should you)\b"
    ),
    "de": re.compile(
        r"(?i)^\W*(?:wenn|falls|sobald|um|bevor|nachdem|während|sofern|solange|wer|bei bedarf)\b"
    ),
    "es": re.compile(r"(?i)^\W*(?:si|cuando|para|antes de|después de|una vez|mientras)\b"),
    "fr": re.compile(r"(?i)^\W*(?:si|s['’]il|quand|lorsque|lorsqu['’]|pour|afin|avant de|après|une fois)\b"),
}
_PURPOSE = re.compile(r"(?i)^\W*(?:(?:in order )?to|um|para|pour)\b")
_RULES = re.compile(
    r"(?i)\b(?:you|they|riders?|guests?|customers?|patients?|users?) (?:\w+ )?(?:need|must|have|should)\b|\b(?:müssen|brauchen) Sie\b|\b(?:necesita|debe|tiene que)\b|\bvous devez\b"
)
"""After a purpose, the rule itself: "to hire one you need to be sixteen"."""

_ONCE = re.compile(
    r"(?i)\b(?:was|were|used to|cost us|war|waren|kostete|betrug|früher|era|eran|costaba|antes|était|étaient|coûtait|autrefois)\b"
)
_THEN = re.compile(
    r"(?i)\b(?:until|before|till|up to|in|back in|bis|vor|hasta|jusqu['’](?:en|à)|avant|en) (?:the |dem |la |el )?(?:end of |summer of |spring of |ende |fin de |finales de |début )?(?:19|20)\d\d\b|\b(?:used to|früher|antes|autrefois|formerly)\b"
)

_WHERE = re.compile(
    r"(?i)(?<![\w-])(?:if|when|whenever|(?<!, )where|unless|as soon as|wenn|falls|sobald|sofern|si|cuando|quand|lorsque|dès que)(?![\w-])"
)
"""With what a condition begins, in the middle of a sentence, too."""

_DO_NOT = re.compile(
    r"(?i)^\W*(?:please |bitte )?(?:do not|don['’]t|never|nicht|nie|niemals|no|nunca|ne|jamais)\b"
)
_BESIDE = re.compile(
    r"(?i)\b(?:and|or|but|rather than|instead of|und|oder|sondern|aber|y|o|pero|sino|et|ou|mais)\s*$"
)
"""Before a negator that sets a part of the sentence apart: "with the driver and not with the device"."""

_JOINED_NOT = re.compile(r"(?i)(?:n['’]t|^cannot)$")
"""A negator that holds the verb: "and don't rub", "and cannot be changed"."""

_SHOUT = re.compile(r"^\W*(?:please|always|then|now|next|first|finally|simply|just|also)\s+", re.I)


def is_denial(text, start, word, language):
    """True when the negator ``word`` at ``start`` denies what the sentence asserts."""
    if word[:1].isupper() and re.search(r"\w[\s,]*$", text[:start]) and not text.isupper():
        return False  # a label: "Select Not connected"
    if is_quoted(text, start, start + len(word)):
        return False
    if (
        not _JOINED_NOT.search(word)
        and _BESIDE.search(text[:start])
        and not text[:start].rstrip().endswith((",", ";"))
    ):
        return False
    reached = max((m.end() for m in _BREAK.finditer(text, 0, start)), default=0)
    side = _SIDES.get(language)
    if side is not None and side.search(text[reached:start]):
        return False
    if language == "de" and _RELATIVE.match(text[max(0, reached - 2) :]):
        return False
    return not any(m.start() <= start < m.end() + 1 for m in _MAYBE.finditer(text))


def is_denied(text, end, language):
    """True where a negator stands before ``end``: "will not start without" asks for it."""
    rule = v.NEGATION.get(language) or v.NEGATION["en"]
    return bool(rule.search(text[:end]))


def is_conditional(text, language):
    """True for a sentence that begins with its condition or purpose."""
    rule = _CONDITIONAL.get(language)
    return rule is not None and bool(rule.match(text))


def is_instruction(text, language):
    """True for a sentence that tells somebody to do something."""
    text = _SHOUT.sub("", text)
    if language == "en":
        return bool(_IMPERATIVE_EN.match(text)) or is_ban(text)
    rule = _IMPERATIVE.get(language)
    return rule is not None and bool(rule.match(text))


def is_ban(text):
    """True for an instruction not to do something."""
    return bool(_DO_NOT.match(text))


def is_sentence(text):
    """True for a whole sentence, as opposed to a heading, a label or a bare list item."""
    return text.rstrip("\"'”’)»").rstrip().endswith((".", "!", "。")) and len(text.split()) >= 3


def is_history(text, start):
    """True for a place in a sentence that tells what held once: "the price was £39 until the end of 2023"."""
    return bool(_ONCE.search(text[:start])) and bool(_THEN.search(text))


def within_condition(text, start, language):
    """True for a place in a clause that names a condition: "if the bill was $60, …"."""
    reached = max((m.end() for m in _BREAK.finditer(text, 0, start)), default=0)
    rule = _CONDITIONAL.get(language)
    if rule is None or not rule.match(text[reached:start] + " "):
        return False
    return not (_PURPOSE.match(text[reached:start]) and _RULES.search(text[reached:start]))


def is_threshold(text, start):
    """True for a place in a clause of a condition, wherever it stands: "no diving where it is 1.8 metres deep or less"."""
    reached = max((m.end() for m in _BREAK.finditer(text, 0, start)), default=0)
    return bool(_WHERE.search(text[reached:start]))


def is_quoted(text, start, end):
    """True for a place within quotation marks: somebody's words, or an example."""
    before, after = text[:start], text[end:]
    if re.search(r"[“„«][^“”„«»]*$", before):
        return True  # the words may go on in the next sentence
    return before.count('"') % 2 == 1 and '"' in after
