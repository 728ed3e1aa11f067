"""Product lists: Google Merchant XML (RSS and Atom), JSON as shops export it, CSV. Runs in the child.

Fields as in Google's product data specification; other lists name the same things in other words (``_NAMES``).
"""

import csv
import html
import json
import re

from lxml import etree

from apps.knowledge.parsing import unpacking
from apps.knowledge.parsing.decoding import decode
from apps.knowledge.parsing.trouble import Unreadable

MOST_BYTES = 100 * 1024 * 1024
MOST_PRODUCTS = 50_000
LONGEST = 20_000
"""Characters of one field."""

_NAMES = {
    "id": ("id", "sku", "item_id", "product_id", "artikelnummer", "article_number", "handle", "gtin", "ean"),
    "title": ("title", "name", "product_name", "product", "bezeichnung", "titel", "nombre", "nom", "titulo"),
    "description": ("description", "body_html", "body", "summary", "beschreibung", "descripcion", "text"),
    "url": ("link", "url", "product_url", "permalink", "handle_url"),
    "price": ("price", "regular_price", "preis", "precio", "prix", "preco", "amount"),
    "sale_price": ("sale_price", "special_price", "discounted_price", "angebotspreis"),
    "currency": ("currency", "currency_code", "waehrung", "währung", "moneda", "devise"),
    "availability": ("availability", "stock_status", "verfuegbarkeit", "verfügbarkeit", "available"),
    "quantity": ("quantity", "stock", "inventory", "inventory_quantity", "qty", "bestand", "lagerbestand"),
    "brand": ("brand", "vendor", "manufacturer", "marke", "marca", "marque"),
    "category": ("product_type", "google_product_category", "category", "type", "kategorie", "categoria"),
    "variant": ("variant_title", "variant", "option"),
    "size": ("size", "groesse", "größe", "talla", "taille"),
    "color": ("color", "colour", "farbe", "couleur"),
    "material": ("material",),
    "condition": ("condition",),
}
_BY_NAME = {name: field for field, names in _NAMES.items() for name in names}


def read_feed(data, *, name, charset=""):
    """``products``: dictionaries of texts by the fields above; ``lost`` counts entries without a name."""
    if data[:2] == unpacking.GZIP:
        data = unpacking.gunzip(data, name=name, most_bytes=MOST_BYTES)
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise Unreadable("file_empty", name=name)
    if text[:1] == b"<":
        rows = _of_xml(text, name)
    elif text[:1] in (b"{", b"["):
        rows = _of_json(decode(data, declared=charset), name)
    else:
        rows = _of_csv(decode(data, declared=charset), name)
    products, lost = [], 0
    for row in rows:
        product = _product(row)
        if product is None:
            lost += 1
        else:
            products.append(product)
        if len(products) == MOST_PRODUCTS:
            break
    if not products:
        raise Unreadable("no_products", name=name)
    return {"title": "", "markdown": "", "products": products, "lost": lost}


def _product(row):
    """The known fields, and under ``more`` what else is short enough to be told; None without a name."""
    known, more = {}, {}
    for key, value in row.items():
        words = _plain(value)
        if not words:
            continue
        field = _BY_NAME.get(_key(key))
        if field:
            known.setdefault(field, words)
        elif len(words) <= 200 and not re.match(r"(?i)https?://", words) and len(more) < 20:
            more[str(key).replace("_", " ").strip()[:60]] = words
    if not known.get("title"):
        return None
    known["title"] = known["title"][:300]
    known["id"] = (known.get("id") or known.get("url") or known["title"])[:300]
    return {**known, "more": more}


def _key(name):
    return re.sub(r"[\s\-]+", "_", str(name).strip().casefold()).removeprefix("g:")


def _plain(value):
    """A field as text without markup; lists are joined, other structures passed over."""
    if isinstance(value, bool):
        return "in stock" if value else "out of stock"
    if isinstance(value, list) and all(isinstance(v, str | int | float) for v in value):
        value = ", ".join(map(str, value))
    if not isinstance(value, str | int | float):
        return ""
    words = html.unescape(re.sub(r"<(?:br|/p|/li|/div)[^>]*>", "\n", str(value)))
    words = re.sub(r"<[^>]+>", " ", words)
    return re.sub(r"[ \t\r\f\v]+", " ", re.sub(r"\s*\n\s*", "\n", words)).strip()[:LONGEST]


def _of_xml(data, name):
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    root = etree.fromstring(data, parser)
    if root is None:
        raise Unreadable("no_products", name=name)
    for element in root.iter():
        if _local(element) in ("item", "entry", "product", "offer"):
            row = {}
            for child in element:
                words = (
                    child.get("href")
                    if _local(child) == "link" and child.get("href")
                    else "".join(child.itertext())
                )
                row.setdefault(_local(child), words)
            if row:
                yield row


def _local(element):
    return element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""


def _of_json(text, name):
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("file_broken", name=name) from error
    if isinstance(found, dict):
        lists = [v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        found = max(lists, key=len, default=[found])
    for row in found if isinstance(found, list) else []:
        if isinstance(row, dict):
            yield from _variants(row)


def _variants(row):
    """Shops list variants within a product: each that may be bought is a product of its own."""
    variants = [v for v in row.get("variants") or () if isinstance(v, dict)]
    if not variants:
        yield row
        return
    common = {key: value for key, value in row.items() if key not in ("variants", "id")}
    for variant in variants:
        title = str(variant.get("title") or "")
        name = f"{row.get('title') or row.get('name') or ''}"
        has_name = title and title.casefold() not in ("default title", name.casefold())
        yield {
            **common,
            **{k: v for k, v in variant.items() if k != "title"},
            "title": f"{name}, {title}" if has_name else name,
        }


def _of_csv(text, name):
    try:
        dialect = csv.Sniffer().sniff(text[:10_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    csv.field_size_limit(10 * 1024 * 1024)
    rows = csv.DictReader(text.splitlines(), dialect=dialect)
    if not rows.fieldnames or not any(_BY_NAME.get(_key(f or "")) == "title" for f in rows.fieldnames):
        raise Unreadable("no_products", name=name)
    for row in rows:
        yield {key: value for key, value in row.items() if key and isinstance(value, str)}
