"""One product as a text that answers questions: its name, its price and whether it can be had, in exact words."""

import re

from berrydesk.text import languages

_WORDS = {
    "en": (
        "Price",
        "Reduced from",
        "Availability",
        "In stock",
        "{n} in stock",
        "Out of stock",
        "Brand",
        "Category",
    ),
    "de": (
        "Preis",
        "Reduziert von",
        "Verfügbarkeit",
        "Auf Lager",
        "{n} auf Lager",
        "Nicht auf Lager",
        "Marke",
        "Kategorie",
    ),
    "es": (
        "Precio",
        "Rebajado de",
        "Disponibilidad",
        "En stock",
        "{n} en stock",
        "Agotado",
        "Marca",
        "Categoría",
    ),
    "fr": (
        "Prix",
        "Au lieu de",
        "Disponibilité",
        "En stock",
        "{n} en stock",
        "Épuisé",
        "Marque",
        "Catégorie",
    ),
    "pt": (
        "Preço",
        "Antes",
        "Disponibilidade",
        "Em estoque",
        "{n} em estoque",
        "Esgotado",
        "Marca",
        "Categoria",
    ),
    "ja": ("価格", "元の価格", "在庫", "在庫あり", "在庫{n}点", "在庫切れ", "ブランド", "カテゴリー"),
    "zh": ("价格", "原价", "库存", "有货", "库存{n}件", "缺货", "品牌", "分类"),
    "ar": ("السعر", "بدلًا من", "التوفر", "متوفر", "متوفر: {n}", "غير متوفر", "العلامة التجارية", "الفئة"),
}
_OUT = re.compile(
    r"(?i)out.?of.?stock|sold.?out|unavailable|discontinued|nicht|ausverkauft|agotado|épuisé|esgotado|^no$|^0$"
)
_IN = re.compile(
    r"(?i)in.?stock|available|auf lager|en stock|em estoque|disponible|verfügbar|lieferbar|^yes$|^1$"
)


def tell(product):
    """(title, Markdown, language, facts): facts hold ``price``, ``availability`` and ``quantity`` as they are told."""
    language = languages.detect(f"{product['title']}. {product.get('description', '')}"[:1000])
    words = _WORDS.get(language, _WORDS["en"])
    facts = _facts(product, words)
    lines = [f"# {product['title']}"]
    if "price" in facts:
        was = f" ({words[1]} {facts['regular_price']})" if "regular_price" in facts else ""
        lines.append(f"{words[0]}: {product['title']}: {facts['price']}{was}")
    if "availability" in facts:
        lines.append(f"{words[2]}: {product['title']}: {facts['availability']}")
    lines += [
        f"{label}: {product[key]}"
        for key, label in (("brand", words[6]), ("category", words[7]))
        if key in product
    ]
    lines += [
        f"{key.capitalize()}: {product[key]}"
        for key in ("variant", "size", "color", "material", "condition")
        if key in product
    ]
    lines += [f"{key.capitalize()}: {value}" for key, value in product.get("more", {}).items()]
    if product.get("description"):
        lines.append(product["description"])
    return product["title"], "\n\n".join(lines), language, facts


def _facts(product, words):
    facts = {}
    regular, sale = (_price(product.get(key), product.get("currency")) for key in ("price", "sale_price"))
    if sale and regular and sale != regular:
        facts |= {"price": sale, "regular_price": regular}
    elif regular or sale:
        facts["price"] = regular or sale
    quantity = re.fullmatch(r"(\d+)(?:[.,]0+)?", product.get("quantity", ""))
    said = product.get("availability", "")
    if quantity:
        facts["quantity"] = int(quantity[1])
    if (said and _OUT.search(said)) or (quantity and not facts["quantity"] and not said):
        facts["availability"] = words[5]
    elif quantity and facts["quantity"]:
        facts["availability"] = words[4].format(n=facts["quantity"])
    elif said:
        facts["availability"] = words[3] if _IN.search(said) else said
    return facts


def _price(amount, currency):
    """``49.00 EUR`` as the feed has it; the currency is added where it stands in a field of its own."""
    amount = (amount or "").strip()
    if not re.search(r"\d", amount):
        return ""
    has_currency = re.search(r"[A-Z]{3}|[€$£¥₹]", amount)
    return amount if has_currency or not currency else f"{amount} {currency.strip()}"
