"""Imports point down, an app has no cycle inside, LiteLLM has one door, the SDK stands alone."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.guards.allowing import ROOT, judge, name_of, python_files

LITELLM_DOOR = {
    "apps/routing/gateway.py": "The only door to model providers; imported late, because it is heavy."
}


def imports_of(path):
    """Every module a file imports, deferred imports included, as dotted names (``from a import b``: a and a.b)."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def test_imports_point_down():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_module_imports_litellm():
    doors = [
        name_of(path)
        for path in python_files()
        if any(name.split(".")[0] == "litellm" for name in imports_of(path))
    ]
    judge(
        doors, allowed=LITELLM_DOOR, remedy="Reach models through apps.routing.gateway, not through litellm:"
    )


@pytest.mark.parametrize("app", sorted(p.parent.name for p in (ROOT / "apps").glob("*/apps.py")))
def test_an_app_has_no_cycle_inside(app):
    modules = {}
    for path in python_files(f"apps/{app}"):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        modules[dotted] = path
    graph = {}
    for module, path in modules.items():
        # ``from apps.x import y`` of a module y depends on y, not on the package around it.
        found = {name for name in imports_of(path) if name in modules and name != module}
        graph[module] = {n for n in found if not any(m.startswith(f"{n}.") for m in found | {module})}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        pytest.fail(
            "Break this cycle; the lower module must not know the upper: " + " -> ".join(cycle.args[1])
        )


def test_the_sdk_loads_without_django():
    program = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('django', 'apps', 'berrydesk', 'litellm', 'celery'):\n"
        "            raise ImportError('The SDK imported ' + name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "import pkgutil, importlib, berrydesk_sdk\n"
        "for module in pkgutil.walk_packages(berrydesk_sdk.__path__, 'berrydesk_sdk.'):\n"
        "    importlib.import_module(module.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_starting_web_and_worker_loads_nothing_heavy():
    program = (
        "import sys, django\n"
        "django.setup()\n"
        "from celery import current_app\n"
        "import berrydesk.celery, berrydesk.urls\n"
        "berrydesk.celery.app.loader.import_default_modules()\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules} "
        "& {'litellm', 'wordllama', 'sklearn', 'scipy', 'trafilatura', 'openai', 'stripe', 'mcp'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    judge(
        done.stdout.split(),
        allowed={},
        remedy="Import these inside the function that needs them; an idle process must stay small:",
    )
