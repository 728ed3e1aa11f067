"""Things that businesses count, in the languages that the sweep knows."""

_WORDS = (
    "customers clients currencies lines kunden währungen clientes monedas devises tokens files documents "
    "rows columns domains websites databases mailboxes servers units samples appointments orders parcels "
    "tickets dateien dokumente zeilen postfächer einheiten termine bestellungen pakete archivos documentos "
    "filas unidades citas pedidos paquetes fichiers lignes unités commandes colis people persons users "
    "members guests seats devices projects calls requests items pieces points nights rooms beds times "
    "employees licences licenses locations gears colours colors sizes pages words characters slots classes "
    "lessons sessions visits meals courses bottles bags boxes cups attempts messages emails e-mails contacts "
    "accounts stores shops branches languages countries capsules tablets tasks fields boards copies photos "
    "images steps stages participants children adults instalments installments payments tests personen leute "
    "nutzer benutzer mitglieder gäste plätze geräte projekte anrufe anfragen stück teile punkte nächte "
    "zimmer betten mal mitarbeiter lizenzen standorte gänge farben größen seiten wörter zeichen stunden "
    "kurse flaschen tassen versuche nachrichten konten filialen sprachen länder kapseln tabletten teilnehmer "
    "kinder erwachsene raten ladungen personas usuarios miembros huéspedes plazas dispositivos proyectos "
    "llamadas solicitudes piezas puntos noches habitaciones camas veces empleados licencias colores tallas "
    "páginas palabras caracteres clases sesiones visitas comidas botellas intentos mensajes cuentas tiendas "
    "idiomas países cápsulas participantes niños adultos plazos cuotas personnes utilisateurs membres "
    "invités places appareils projets appels demandes pièces nuits chambres lits fois employés couleurs "
    "tailles mots caractères cours séances visites repas bouteilles tentatives comptes boutiques langues "
    "pays enfants adultes mensualités"
)
COUNTED = frozenset(_WORDS.split())
"""Things that are counted; other words after a number are mostly names and verbs."""

SAME_COUNT = {
    "lines": "rows", "calls": "requests", "persons": "people", "seats": "users", "licences": "users", "licenses": "users", "clients": "customers",
    "leute": "personen", "benutzer": "nutzer", "lizenzen": "nutzer", "llamadas": "solicitudes", "líneas": "filas", "appels": "demandes",
}  # fmt: skip
"""Counted things that have two names."""
