"""Units, currencies, weekdays and months as people write them, in the languages that the sweep knows."""

import re

UNITS = {
    # dimension, factor: words of all languages; where one spelling means two things, the commoner counts.
    ("time", 1 / 86400): "s sec secs second seconds sekunde sekunden segundo segundos seconde secondes",
    ("time", 1 / 1440): "min mins minute minutes minuten minuto minutos",
    ("time", 1 / 24): "h hr hrs hour hours stunde stunden std hora horas heure heures uur ore",
    ("time", 1.0): "day days tag tage tagen tages día días dia dias jour jours dag dagen giorno giorni",
    ("time", 7.0): "week weeks woche wochen semana semanas semaine semaines weken settimana settimane",
    ("time", 30.4375): "month months monat monate monaten monats mes meses mois maand maanden mese mesi",
    (
        "time",
        365.25,
    ): "year years yr yrs jahr jahre jahren jahres año años an ans année années jaar anno anni",
    ("time", 91.3125): "quarter quarters quartal quartale trimestre trimestres",
    ("mass", 1.0): "g gram grams gramm gramo gramos gramme grammes",
    ("mass", 1000.0): "kg kilo kilos kilogram kilograms kilogramm kilogramo kilogramos kilogramme",
    ("mass", 1e6): "t tonne tonnes tonnen tonelada toneladas",
    ("mass", 453.59): "lb lbs pound-weight",
    ("mass", 28.35): "oz ounce ounces",
    ("volume", 1.0): "ml milliliter millilitre milliliters millilitres mililitro mililitros",
    ("volume", 10.0): "cl",
    ("volume", 1000.0): "l liter litre liters litres litern litro litros",
    ("length", 0.1): "mm millimeter millimetre millimeters",
    ("length", 1.0): "cm centimeter centimetre zentimeter centímetro centímetros centimètre centimètres",
    ("length", 100.0): "m meter metre meters metres metern metro metros mètre mètres",
    (
        "length",
        1e5,
    ): "km kilometer kilometre kilometers kilometres kilometern kilómetro kilómetros kilomètre kilomètres",
    ("length", 2.54): "inch inches zoll pulgada pulgadas pouce pouces",
    ("length", 160934.0): "mile miles",
    ("data", 1.0): "kb",
    ("data", 1e3): "mb megabyte megabytes mo",
    ("data", 1e6): "gb gigabyte gigabytes go",
    ("data", 1e9): "tb terabyte terabytes to",
    ("temperature", 1.0): "°c °f degrees grad grados degrés",
    ("energy", 1.0): "wh",
    ("energy", 1000.0): "kwh",
    ("power", 1.0): "w watt",
    ("power", 1000.0): "kw",
    ("charge", 1.0): "mah",
    ("pixel", 1.0): "px pixel pixels píxel píxeles",
    ("pixel", 1e6): "megapixel megapixels mp",
    ("rate", 1.0): "kbit kbps",
    ("rate", 1e3): "mbit mbps",
    ("rate", 1e6): "gbit gbps",
    ("heat", 1.0): "kcal kilocalories kilokalorien",
    ("pressure", 1.0): "bar bars",
    ("light", 1.0): "lumen lumens lm",
    ("percent", 1.0): "% percent prozent",
}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words.split()}
ONLY_IN = {"to": "fr", "go": "fr", "mo": "fr", "an": "fr", "mes": "es", "ore": "it", "dia": "pt", "min": ""}
"""Units that are other words in most languages."""

PERCENT_PHRASES = ("per cent", "por ciento", "pour cent", "per cento", "v. h.")
AMBIGUOUS_UNITS = frozenset(
    {
        "s",
        "t",
        "to",
        "go",
        "mo",
        "min",
        "an",
        "mes",
        "m",
        "l",
        "h",
        "g",
        "w",
        "dia",
        "ore",
        "bar",
        "bars",
        "mp",
        "lm",
    }
)
"""Units that are words of their own elsewhere: they count only right after digits."""

WORKDAY = re.compile(
    r"(?i)^(?:working|business|werktag\w*|arbeitstag\w*|bankarbeitstag\w*|week-?days?|días? (?:laborables?|hábiles)|"
    r"jours? (?:ouvrés?|ouvrables?))\b"
)
WORKDAY_NOUN = re.compile(r"(?i)^(?:werktag|arbeitstag|bankarbeitstag)(?:e[ns]?|s)?\b")
BETWEEN = re.compile(
    r"(?i)^(?:working|business|calendar|full|consecutive|volle[nr]?|ganze[nr]?|weitere[nr]?|further|more|full)\s+"
)

CURRENCIES = {
    "EUR": "€ eur euro euros",
    "GBP": "£ gbp pound pounds quid",
    "USD": "$ usd dollar dollars us$ dólares dólar",
    "CHF": "chf franken sfr francs-suisses",
    "JPY": "¥ jpy yen",
    "SEK": "sek kr kronor",
    "NOK": "nok",
    "DKK": "dkk",
    "PLN": "pln zł zloty",
    "MXN": "mxn pesos peso",
    "BRL": "r$ brl reais",
    "INR": "₹ inr rupees",
}
CURRENCY_OF = {word: code for code, words in CURRENCIES.items() for word in words.split()}
CENTS = {"cent": "EUR", "cents": "EUR", "pence": "GBP", "céntimos": "EUR", "centimes": "EUR", "p": "GBP"}

PER = re.compile(
    r"(?i)^\W{0,3}(?:for |für )?(?:per|a|an|each|every|pro|je|am|im|in der|jede[nrs]?|por|al|a la|la|el|cada|par|le|la|/)\s*"
    r"(?:(?:started|full|further|additional|extra|angefangene[nr]?|weitere[nr]?|zusätzliche[nr]?|entamée?|supplémentaire|adicional|empezada)\s+)?"
    r"(day|week|month|year|hour|minute|night|person|user|seat|kilo|kg|tag|woche|monat|jahr|stunde|nacht|person|nutzer|"
    r"día|semana|mes|año|hora|minuto|noche|persona|usuario|jour|semaine|mois|an|heure|nuit|personne|utilisateur|token|member)\b"
)
PER_AHEAD = re.compile(
    r"(?i)\b(?:by the|per|each|an?|every|pro|je|por|al|par) (day|week|month|year|hour|night|person|user|tag|woche|monat|jahr|stunde|nacht|día|semana|mes|año|hora|noche|jour|semaine|mois|heure|nuit)"
    r"(?:\s*[:,]|(?:,? (?:it|that|this|one|they))? (?:costs?|is|are|kostet|cuesta|coûte))?\s*$"
)
"""By what a price is counted, said before it: "by the day it costs"."""

PER_UNITS = {
    "day": "day tag día jour", "week": "week woche semana semaine", "month": "month monat mes mois",
    "year": "year jahr año an", "hour": "hour stunde hora heure", "minute": "minute minuto",
    "night": "night nacht noche nuit", "person": "person persona personne", "user": "user seat nutzer usuario utilisateur member",
}  # fmt: skip
PER_OF = {word: unit for unit, words in PER_UNITS.items() for word in words.split()}

EACH = {
    "day": ("daily", "täglich", "diari", "quotidien", "journali"), "week": ("weekly", "wöchentlich", "semanal", "hebdomadaire"),
    "month": ("monthly", "monatlich", "mensual", "mensuel"), "year": ("yearly", "annual", "jährlich", "anual", "annuel"),
    "night": ("nightly",), "hour": ("hourly", "stündlich"),
}  # fmt: skip
"""Adjectives that say by what something is counted."""

RATES = {"minute": 1440.0, "hour": 24.0, "day": 1.0}
"""What counts per minute, hour or day comes to, by the day."""

WEEKDAYS = {
    0: "monday mon mondays montag montags mo lunes lun lundi lundis",
    1: "tuesday tue tues tuesdays dienstag dienstags di martes mar mardi mardis",
    2: "wednesday wed wednesdays mittwoch mittwochs mi miércoles mié mercredi mercredis",
    3: "thursday thu thur thurs thursdays donnerstag donnerstags do jueves jue jeudi jeudis",
    4: "friday fri fridays freitag freitags fr viernes vie vendredi vendredis",
    5: "saturday sat saturdays samstag samstags sonnabend sa sábado sábados sáb samedi samedis",
    6: "sunday sun sundays sonntag sonntags so domingo domingos dom dimanche dimanches",
}
WEEKDAY_OF = {word: day for day, words in WEEKDAYS.items() for word in words.split()}
DAY_SETS = {
    "weekdays": range(5), "werktags": range(5), "wochentags": range(5), "laborables": range(5), "weekend": (5, 6), "weekends": (5, 6), "week-end": (5, 6),
    "wochenende": (5, 6), "wochenenden": (5, 6), "daily": range(7), "täglich": range(7), "diario": range(7), "diariamente": range(7), "every day": range(7),
    "todos los días": range(7), "tous les jours": range(7), "fin de semana": (5, 6),
}  # fmt: skip
SHORT_DAYS = frozenset(
    ["mo", "di", "mi", "do", "fr", "sa", "so", "mar", "dom", "sun", "sat", "mon", "lun", "jue", "vie"]
)
"""Abbreviations that are words elsewhere: they count only with a capital."""

MONTHS = {
    1: "january jan januar jänner enero ene janvier", 2: "february feb februar febrero février", 3: "march mar märz marzo mars",
    4: "april apr abril avril", 5: "may mai mayo", 6: "june jun juni junio juin", 7: "july jul juli julio juillet",
    8: "august aug agosto août", 9: "september sep sept septiembre septembre", 10: "october oct oktober okt octubre octobre",
    11: "november nov noviembre novembre", 12: "december dec dezember dez diciembre dic décembre",
}  # fmt: skip
MONTH_OF = {word: month for month, words in MONTHS.items() for word in words.split()}
