"""Where knowledge comes from: one small folder per kind of source, all behind ``registry.of(kind)``.

Each folder has ``check.cleaned(config)``, which says field by field what is wrong with what an owner typed,
and ``walk.walk(source, bench)``, which yields an ``Outcome`` per document.
"""
