"""The sample business goes into a workspace: an agent with its look and twelve pages."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.agents import making
from apps.console import logos
from apps.console.errors import SampleNeedsEmptyWorkspace
from apps.knowledge import sources
from apps.knowledge.models import Source, SourceStatus

HERE = Path(__file__).parent
NAME = "Lumi"
COLOR = "#0b5a55"
GREETING = "Hei, I’m Lumi. Ask me about sizes, orders, returns or care."
QUESTIONS = ["Which boots for wet autumn trails?", "Where is my order?", "How do I return something?"]


def may_load():
    """True while nothing is learned nor on its way: sources that failed with nothing read do not count."""
    return not Source.objects.exclude(status=SourceStatus.FAILED, learned=0).exists()


def load(workspace, *, by=None):
    """The invented agent exists and is learning its pages. Returns it. Raises SampleNeedsEmptyWorkspace."""
    if not may_load():
        raise SampleNeedsEmptyWorkspace()
    agent = making.make(workspace, name=NAME, by=by, is_sample=True)
    making.change(agent, by=by, color=COLOR, greeting=GREETING, questions=QUESTIONS)
    logos.keep(agent, _file("logo.png"), by=by)
    sources.add_files(agent, [_page(path) for path in sorted(HERE.glob("pages/*.md"))], by=by)
    return agent


def _page(path):
    """A page, called by its own heading as an owner would call the file."""
    heading = path.read_text().splitlines()[0].lstrip("# ").replace(":", ",")
    return SimpleUploadedFile(f"{heading}.md", path.read_bytes(), "text/markdown")


def _file(name):
    path = HERE / name
    return SimpleUploadedFile(path.name, path.read_bytes())
