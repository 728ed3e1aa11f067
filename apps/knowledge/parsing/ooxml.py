"""What Word, PowerPoint and Excel files have in common: XML parts in a ZIP, and lists of what refers to what.

Elements are matched by their local names: the strict and the usual dialect differ in namespaces only. Runs in
the child.
"""

import contextlib
import posixpath
import re
import zipfile
import zlib

from lxml import etree

from apps.knowledge.parsing.trouble import Unreadable

SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


class Package:
    """A checked archive's parts by name; a part that is missing is None, and who needs it says what follows."""

    def __init__(self, archive):
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}

    def __contains__(self, part):
        return part.lower() in self._names

    def names(self, pattern):
        """The parts whose whole name matches."""
        return [name for name in self._names.values() if re.fullmatch(pattern, name, re.I)]

    def open(self, part):
        """A stream of the part. Raises KeyError for a part that is not there."""
        return self._archive.open(self._names[part.lower()])

    def tree(self, part):
        """The part's root element, or None."""
        if part is None or part not in self:
            return None
        with self.open(part) as stream:
            return etree.parse(stream, etree.XMLParser(**SAFE)).getroot()

    def elements(self, part, *tags):
        """Each element of these local names as its end is read, forgotten when the next is asked for."""
        with self.open(part) as stream:
            for _event, element in etree.iterparse(
                stream, events=("end",), tag=[f"{{*}}{tag}" for tag in tags], **SAFE
            ):
                yield element
                element.clear()
                above = element.getparent()
                while above is not None and element.getprevious() is not None:
                    del above[0]

    def related(self, part):
        """Id to (kind, target) of what the part refers to: another part's name, or an address outside."""
        folder, file = posixpath.split(part)
        root = self.tree(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found = {}
        for link in root if root is not None else ():
            kind, target = (link.get("Type") or "").rsplit("/", 1)[-1], link.get("Target") or ""
            if link.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[link.get("Id")] = (kind, target)
        return found

    def title(self):
        """The title that the file's properties name."""
        root = self.tree("docProps/core.xml")
        words = next((e.text for e in root.iter("{*}title")), "") if root is not None else ""
        words = re.sub(r"\s+", " ", words or "").strip()
        machine = re.match(
            r"(?i)(powerpoint|microsoft|untitled|presentation\d*$|slide ?\d*$|title of)", words
        )
        return "" if machine else words


@contextlib.contextmanager
def broken_means(name):
    """Whatever a damaged package makes zipfile or lxml raise is one refusal. Raises Unreadable, MemoryError."""
    try:
        yield
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY or "memory" in str(error).lower():
            raise MemoryError from error
        raise Unreadable("file_broken", name=name) from error
    except NotImplementedError as error:  # zipfile's word for a way of packing that it does not know
        raise Unreadable("file_broken", name=name) from error
    except (zipfile.BadZipFile, zlib.error, KeyError, IndexError, OSError, EOFError, ValueError) as error:
        raise Unreadable("file_broken", name=name) from error


def tag(element):
    """The local name; nothing for comments and the like."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def reference(element, name="id"):
    """The relationship that the element names, such as ``r:id``; an attribute without namespace is another."""
    return next((value for key, value in element.attrib.items() if key.endswith("}" + name)), None)


def child(element, *path):
    """The first element below along these local names, or None."""
    for name in path:
        element = next((e for e in element if tag(e) == name), None) if element is not None else None
    return element
