"""Pages of text as Markdown: lines joined to sentences again, a heading per page. Knows neither Django nor a parser."""

import re

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_GAP = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")


def as_markdown(texts):
    """The pages, each under its number, so that a quote can say where it stands."""
    if len(texts) == 1:
        return texts[0]
    return "\n\n".join(f"## Page {n}\n\n{text}" for n, text in enumerate(texts, 1) if text.strip())


def letters(text):
    """How many letters and digits there are."""
    return len(re.sub(r"[\W_]+", "", text))


def without_gaps(text):
    """Text recognition puts blanks between the characters of languages that have none."""
    return _GAP.sub("", text)


def reflowed(text):
    """Lines that the page's width broke are joined; short lines, lists and headings stay their own."""
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.replace("\0", "").splitlines()]
    longest = sorted((len(line) for line in lines if line), reverse=True)
    if not longest:
        return ""
    full = longest[min(len(longest) - 1, len(longest) // 10)] * 0.7
    out, open_line = [], ""
    for line in lines:
        starts_own = not line or re.match(r"([•◦▪●·\-–*‣]|\(?\w{1,3}[.)])\s", line)
        if open_line and not starts_own:
            hyphen = re.search(r"[a-zà-ÿ]-$", open_line) and line[:1].islower()
            open_line = open_line[:-1] + line if hyphen else f"{open_line} {line}"
        else:
            out.append(open_line)
            open_line = line
        if len(line) < full or re.search(r"[.!?:。！？]$", line):
            out.append(open_line)
            open_line = ""
    out.append(open_line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()
