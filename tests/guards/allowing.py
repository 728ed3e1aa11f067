"""How a guard speaks: it names the offender and the remedy; exceptions carry a reason and cannot go stale."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SOURCES = ("apps", "berrydesk", "plugins")
"""Folders of Python that is shipped."""


def judge(offenders, *, allowed, remedy):
    """Fail for every offender without a reason, and for every reason without an offender."""
    offenders = set(offenders)
    new = sorted(offenders - set(allowed))
    stale = sorted(set(allowed) - offenders)
    nameless = sorted(name for name, reason in allowed.items() if not reason.strip())
    assert not new, f"{remedy}\n" + "\n".join(f"  - {name}" for name in new)
    assert not stale, "Take these out of the allowlist, they are mended:\n" + "\n".join(
        f"  - {s}" for s in stale
    )
    assert not nameless, f"Say why these are allowed: {', '.join(nameless)}"


def python_files(*folders):
    """Every shipped Python file below ``folders`` (all of them by default), without migrations."""
    for folder in folders or SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "build" not in path.parts:
                yield path


def name_of(path):
    """A file as people name it."""
    return path.relative_to(ROOT).as_posix()
