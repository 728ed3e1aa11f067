"""Foreign keys point down the layers, like imports."""

import tomllib

from django.apps import apps

from tests.guards.allowing import ROOT, judge


def rank_of_apps():
    """App label to its layer, the lowest being 0; read from the contract that import-linter enforces."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = next(c for c in config["tool"]["importlinter"]["contracts"] if c.get("exhaustive"))
    layers = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    return {app: rank for rank, layer in enumerate(reversed(layers)) for app in layer}


def test_foreign_keys_point_down():
    rank = rank_of_apps()
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.app_label
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and field.concrete else None
            if label not in rank or target is None or target._meta.app_label not in rank:
                continue
            other = target._meta.app_label
            if other != label and rank[other] >= rank[label]:
                wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    judge(wrong, allowed={}, remedy="Put the row into the upper app; a foreign key must point down:")


def test_every_app_has_a_layer():
    here = {path.parent.name for path in (ROOT / "apps").glob("*/apps.py")}
    assert here == set(rank_of_apps()), "Give every app its line in the layers of pyproject.toml."
