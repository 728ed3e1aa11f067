"""Does every question have an answer?"""

from django.utils.translation import gettext as _

from apps.knowledge.errors import InvalidConfig

MOST = 2000
LONGEST_QUESTION = 500
LONGEST_ANSWER = 50_000


def cleaned(config):
    """``{pairs: [{question, answer}]}`` and a name. Raises InvalidConfig with fields such as ``pairs.2.answer``."""
    pairs = config.get("pairs")
    if not isinstance(pairs, list) or not pairs:
        raise InvalidConfig({"pairs": _("Write at least one question with its answer.")})
    if len(pairs) > MOST:
        raise InvalidConfig(
            {"pairs": _("At most %(limit)s at a time; upload a CSV file instead.") % {"limit": MOST}}
        )
    errors, kept = {}, []
    for number, pair in enumerate(pairs):
        pair = pair if isinstance(pair, dict) else {}
        words = {key: str(pair.get(key) or "").replace("\x00", "").strip() for key in ("question", "answer")}
        if not any(words.values()) and len(pairs) > 1:
            continue  # a row that was left blank
        for key, longest, missing in (
            ("question", LONGEST_QUESTION, _("Write the question.")),
            ("answer", LONGEST_ANSWER, _("Write the answer.")),
        ):
            if not words[key]:
                errors[f"pairs.{number}.{key}"] = missing
            elif len(words[key]) > longest:
                errors[f"pairs.{number}.{key}"] = _("At most %(limit)s characters.") % {
                    "limit": f"{longest:,}"
                }
        kept.append(words)
    if not kept and not errors:
        errors["pairs"] = _("Write at least one question with its answer.")
    if errors:
        raise InvalidConfig(errors)
    return {"pairs": kept}, kept[0]["question"][:200] if len(kept) == 1 else _("Questions and answers")
