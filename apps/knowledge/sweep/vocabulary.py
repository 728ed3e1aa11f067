"""What words mean to the sweep, in English, German, Spanish and French: units, roles, negation, concepts, scopes.

Lists of our own, of what businesses write about. A concept (``@return``) stands for all wordings of one thing;
a scope says for whom or what a sentence holds: two sentences of different scope never contradict each other.
"""

import re

from apps.knowledge.sweep.units import MONTH_OF


def _words(text):
    return tuple(word.strip() for word in text.split("|") if word.strip())


ROLES = {
    "from": r"from|above|over|more than|at least|minimum(?: of)?|min\.?|starting at|exceeding|upwards of|as of|worth|"
    r"ab|über|mehr als|mindestens|von mindestens|oberhalb|ab einem \w+ von|ab einem \w+|"
    r"desde|a partir de(?: los| las)?|más de|superior(?:es)? a|mínimo(?: de)?|al menos|de más de|"
    r"dès|à partir de|plus de|au moins|supérieure?s? à|minimum de|au-delà de",
    "until": r"within|up to|at most|no more than|maximum(?: of)?|max\.?|not exceed(?:ing)?|until|till|by|before|under|below|"
    r"less than|innerhalb(?: von)?|binnen|bis(?: zu[mr]?)?|maximal|höchstens|spätestens|unter|weniger als|in höchstens|"
    r"dentro de(?: los)?|hasta(?: las?)?|máximo(?: de)?|un máximo de|en un plazo de|en menos de|antes de(?: las?)?|menos de|"
    r"sous|dans les|dans un délai de|jusqu'à|jusqu’à|maximum de|moins de|avant|au plus",
    "after": r"after|for the first|nach|después de|tras|après|au bout de",
}
ROLE = {
    name: re.compile(
        rf"(?i)(?<!\w)(?:{words})(?:\s+(?:the|a|an|of|to|zum|zur|about|around|circa|etwa|rund|unos|environ|von|den|der|dem|los|las|les|un|una))*\s*$"
    )
    for name, words in ROLES.items()
}

NEGATORS = {
    "en": r"not|never|no longer|no|cannot|(?:ca|do|does|wo|is|are|did|must)n['’]t|unable|neither|nor|none|"
    r"excluded|impossible|unavailable|prohibited|forbidden|non-refundable|non-returnable|nonrefundable|nothing|refuse|declined?",
    "de": r"nicht|nie|niemals|kein|keine|keinen|keiner|keinem|keines|weder|ausgeschlossen|unmöglich|verboten|untersagt|nirgends",
    "es": r"no|nunca|jamás|tampoco|ningún|ninguna|ninguno|excluid[oa]s?|imposible|prohibid[oa]s?",
    "fr": r"ne|n['’]|pas|jamais|aucun|aucune|ni|exclue?s?|impossible|interdite?s?|non",
    "it": r"non|mai|senza|nessun|nessuna|esclus[oiae]|vietat[oiae]",
    "pt": r"não|nunca|sem|nenhum|nenhuma|excluíd[oa]s?|proibid[oa]s?",
    "nl": r"niet|nooit|geen|zonder|uitgesloten|verboden",
}
NEGATION = {
    code: re.compile(rf"(?i)(?<![\w-])(?:{words})(?![\w-])" if code != "fr" else rf"(?i)(?<![\w-])(?:{words})(?:(?<=['’])|(?![\w-]))")
    for code, words in NEGATORS.items()
}  # fmt: skip
IRREGULAR = {
    word: base
    for base, words in {
        "freeze": "froze frozen", "sell": "sold", "give": "gave given", "hold": "held", "buy": "bought", "bring": "brought", "wear": "wore worn",
        "write": "written wrote", "choose": "chosen chose", "drive": "driven drove", "break": "broken broke", "steal": "stolen", "lend": "lent", "spend": "spent", "send": "sent",
        "lose": "lost", "leave": "left", "meet": "met", "eat": "eaten ate", "fly": "flown flew", "know": "known", "begin": "begun began", "build": "built", "teach": "taught",
        "pay": "paid", "speak": "spoken", "swim": "swum", "ride": "ridden", "tell": "told", "feed": "fed", "lead": "led", "shut": "shut", "grow": "grown",
    }.items()
    for word in words.split()
}  # fmt: skip
"""English forms that no stemmer brings to their verb."""

ELIDED = re.compile(r"(?<!\w)(?:l|d|qu|n|s|j|m|t|c|un|dell|all|nell|sull)['’](?=\w)")
"""French and Italian articles that cling to their noun."""

DOUBLE = re.compile(r"(?i)\b(?:not only|not just|not all|not every|not always|not necessarily|nicht alle|nicht mehr alle|nicht immer|nicht jede[rsmn]?|no todos|no todas|no siempre|pas tous|pas toutes|pas toujours|not limited to|in no time|whether or not|no sooner|no need to worry|nicht nur|noch nicht|no sólo|no solo|non seulement|no later than|no more than|not more than|no problem|"
                    r"if not|wenn nicht|si no|sinon|no matter|not (?:right|happy|satisfied|yet)|nichts)\b")  # fmt: skip
"""Wordings that hold a negator and negate nothing."""

YES = re.compile(r"(?i)^\W*(?:yes|yep|of course|certainly|absolutely|sure|ja|jawohl|klar|natürlich|gerne|selbstverständlich|"
                 r"sí|claro|por supuesto|oui|bien sûr|tout à fait|sì|sim)\b")  # fmt: skip
NO = re.compile(
    r"(?i)^\W*(?:no|nope|unfortunately not|sorry, no|nein|leider nein|leider nicht|lamentablemente no|non|malheureusement non|nee|não)\b(?!\s+\w+\s+(?:is|are|ist|es|est)\b)"
)
UNIVERSAL = re.compile(r"(?i)\b(?:all|every|any|each|always|everywhere|worldwide|alle[nrms]?|jede[rnms]?|immer|überall|weltweit|"
                       r"todos|todas|cualquier|siempre|tous|toutes|tout|chaque|toujours|partout)\b")  # fmt: skip
FREE = re.compile(
    r"(?i)(?<![\w-])(?:free of charge|for free|at no (?:extra |additional )?(?:cost|charge)|free|complimentary|no (?:extra )?charge|"
    r"(?:costs?|pay|charges?) (?:\w+ )?nothing(?: extra| more)?|(?:does not|doesn['’]t|do not|don['’]t|will not|won['’]t) cost (?:\w+ )?anything|without (?:charging|paying|costing)(?: \w+)? (?:a penny|anything|extra)|"
    r"on the house|at our (?:own )?(?:expense|cost)|(?:we|we['’]ll|we will) (?:pay|bear|cover) (?:the |for the )?(?:postage|shipping|return|freight|transport|carriage|way back)|pre-?paid(?= label)|(?:label|postage) is pre-?paid|"
    r"kostet (?:\w+ )?nichts|kosten (?:\w+ )?nichts|ohne (?:aufpreis|zusatzkosten|mehrkosten)|auf unsere kosten|geht aufs haus|(?:die kosten|das porto) (?:übernehmen|tragen) wir|wir (?:übernehmen|tragen) (?:die kosten|das porto)|"
    r"no cuesta nada|sin (?:coste adicional|recargo|suplemento)|corre(?:n)? (?:de|por) nuestra cuenta|a nuestro cargo|ne coûtent? rien|sans (?:supplément|surcoût)|à nos frais|"
    r"kostenlos\w*|kostenfrei\w*|gratis|umsonst|unentgeltlich\w*|versandkostenfrei|portofrei|gebührenfrei|"
    r"gratuit[oae]s?|gratuitamente|sin coste|sin cargo|gratuits?|gratuitement|offerte?s?|sans frais|à notre charge)(?![\w-])"
)  # fmt: skip
NOT_FREE = re.compile(r"(?i)\b(?:(?:it|rack|table|seat|room|bike|slot|place) (?:is|are) free,|free (?:hour|slot|place|seat|day|space)s?\b|(?:gluten|lactose|sugar|nut|risk|hassle|tax|duty|smoke|barrier|toll|alcohol|caffeine|cruelty)[- ]free|"
                      r"free (?:from(?!\s+(?:an? order of )?(?:[€£$]|[A-Z]{3} )?\d)|trial|to|time|of (?!charge))|feel free|freephone|hands-free|free plan)\b")  # fmt: skip
ORDER_OF = re.compile(r"(?i)\b(?:threshold|minimum (?:order|spend|purchase)|orders? (?:value|total)|(?:orders?|purchases?|baskets?|spend(?:ing)?|subtotals?) (?:\w+ ){0,3}?(?:of|over|above|from|worth|for|reach\w*)?\s*$|spend\s*$|"
                      r"(?:mindest)?bestell(?:wert|summe|ung(?:en)?)|mindestbestell\w*|(?:ein(?:kauf|käufe)s?|waren)wert|pedidos?|compras?|importe mínimo|commandes?|achats?|panier)\b[\s\w:]*$|\b(?:free|kostenlos|versandkostenfrei|gratis|gratuit\w*) (?:from|over|above|ab|desde|dès)\b")  # fmt: skip
"""What stands before a sum that an order must reach."""

ORDER_AFTER = re.compile(
    r"(?i)\s*(?:bestell|waren|einkaufs)(?:wert|summe)|\s*(?:order value|or more,? (?:and|is|are|ships?|we)\b|minimum)|\s*(?:de compra|d['’]achats?)\b"
)
GRANTED = re.compile(
    r"(?i)\b(?:(?:is|are|it's) on us|without (?:a |any )?(?:fee|charge|costs?|postage)|(?:fee|charge|costs?|postage) (?:is|are) (?:waived|ours|included)|waive\w*|"
    r"we (?:pay|bear|cover|include|absorb)|ohne (?:versand|liefer)?kosten|(?:übernehmen|tragen|entf[äa]ll\w+|schenken)|sin gastos|gastos (?:incluidos|a cargo)|sans frais|frais offerts)\b"
)
"""What is granted from some sum on."""

OWN_COST = re.compile(r"(?i)\b(?:at (?:your|their|the [\w-]+['’]?s?) (?:own )?(?:cost|expense)|(?:you|customers?|buyers?|recipients?|(?:the )?(?:practice|sender|user|guest|patient|client|rider|member)s?) (?:pay|bear|cover)s? (?:for )?(?:the |its |their |your )?(?:postage|shipping|return|freight|transport|carriage|way back|costs?)|"
                      r"auf (?:Ihre |eigene )?Kosten|(?:trägt|zahlt|tragen|übernehmen) (?:der Kunde|der Käufer|Sie)|zu Lasten|kostenpflichtig|"
                      r"a (?:su|tu) cargo|a cargo del? (?:cliente|comprador)|por cuenta del|à (?:votre|la) charge(?: du client)?|payante?s?)\b")  # fmt: skip
EXAMPLE = re.compile(r"(?i)\b(?:for example|for instance|e\.g\.|such as|imagine|suppose|say you|zum beispiel|z\. ?b\.|beispielsweise|"
                     r"por ejemplo|p\. ?ej\.|par exemple|p\. ?ex\.|example|beispiel|ejemplo|exemple)(?!\w)")  # fmt: skip
EXAMPLES = re.compile(
    r"(?i)\b(?:examples?|samples?|templates?|case stud(?:y|ies)|before and after|beispiele?|vorlagen?|muster\w*|ejemplos?|plantillas?|exemples?|modèles? de)\b"
)
"""Headings below which nothing is claimed."""

NO_LABEL = re.compile(
    r"(?i)^\W*(?:note|please note|tip|important|attention|warning|caution|remember|good to know|answer|hinweis|wichtig|achtung|tipp|bitte beachten|übrigens|antwort|nota|importante|atención|consejo|remarque|attention|important|conseil|à noter)\W*$"
)
"""Words before a colon that name nothing."""

SPOKEN = re.compile(
    r"(?i)\b(?:you|we|it|they|can|must|will|is|are|please|sie|wir|kann|können|ist|sind|bitte|früh|puede|pueden|usted|es|son|vous|nous|pouvez|est|sont)\b"
)
"""Words that make what stands before a colon a sentence and no label."""

PRONOUN = re.compile(r"(?i)^\W*(?:it|they|this|these|that|those|he|she|es|sie|er|das|dies|diese[rs]?|dort|ellos|ellas|esto|este|esta|"
                     r"il|elle|ils|elles|cela|ceci|ce|c['’]est)\b")  # fmt: skip

SENT_BACK = re.compile(
    r"\b(?:send|sends|sending|give|bring|hand|ship|take|mail|post)(?:\s+[\w'’-]+){1,4}?\s+back\b"
)
"""English verbs that part with what they send."""

ANCHOR = re.compile(
    r"(?i)\b(?:of|after|from|upon|following|before|since)\s+(?:the\s+|your\s+|its\s+)?(?:date of\s+|day of\s+)?(?:delivery|purchase|receipt|receiving(?: it)?|order(?:ing)?|dispatch|arrival|invoice|payment)(?: date)?\b"
    r"|\b(?:nach|ab|seit|vor)\s+(?:der |dem |des |Ihrer |dem )?(?:Erhalt(?: der (?:Ware|Lieferung|Sendung))?|Lieferung|Kauf|Kaufdatum|Zustellung|Bestellung|Anreise|Zahlungseingang|Rechnungsdatum|Versand)\b"
    r"|\b(?:de|desde|tras|después de|antes de)\s+(?:la |su |el )?(?:entrega|compra|recepción|pedido|llegada|fecha de (?:compra|entrega))\b"
    r"|\b(?:de|après|suivant|avant|dès|à compter de)\s+(?:la |l['’]|votre |le )?(?:livraison|achat|réception|commande|arrivée|date d['’]achat)\b"
)
"""From when a time is counted: says nothing about the matter."""

ADDED = re.compile(r"(?i)\bplus (?=vat|tax|sales tax|shipping|postage|delivery|p&p|[£€$]|\d)")
"""Not the plan of that name."""

CONDITION = re.compile(
    r"(?i)\b(?:if|unless|except|when|only|as long as|provided|wenn|falls|sofern|außer|nur|sobald|si|salvo|excepto|solo|sólo|cuando|sauf|seulement|lorsque|uniquement)\b"
)

ASKS = re.compile(
    r"(?i)\b(?:without|need(?:s|ed)?|required?|requires|necessary|mandatory|only|must|ohne|brauchen|benötigen|nötig|notwendig|erforderlich|pflicht|nur|"
    r"sin|necesari[oa]|necesita|falta|obligatori[oa]|imprescindible|sólo|solo|únicamente|bajo|sans|nécessaire|obligatoire|indispensable|uniquement|seulement)\b"
)
"""Words with which a sentence says what is necessary and what is not."""

DEFINITE = re.compile(
    r"(?i)^\W*(?:the|its|their|der|die|das|den|dem|ihr|sein|el|la|los|las|su|sus|le|la|les|l['’]|son|sa|ses)\b"
)

CONCEPTS = {
    "@return": "return | returns | returned | returning | returnable | send back | sent back | send it back | sends back | send them back | bring back | give back | "
    "give it back | rückgabe | rückgaben | retoure | retouren | rücksendung | zurückgeben | zurückgegeben | zurückschicken | zurückgeschickt | zurücksenden | zurückgesendet | "
    "zurück | umtausch | umtauschen | umtauschfrist | rückgabefrist | rückgaberecht | widerrufsrecht | widerruf | widerrufsfrist | devolver | devolución | devoluciones | devuelto | devuelve | "
    "devoluciones | retour | retours | retourner | retourné | renvoyer | renvoi | renvoyez | rétractation",
    "@refund": "refund | refunds | refunded | refunding | reimburse | reimbursed | reimbursement | money back | get your money | transfer the money | erstatten | erstattung | erstattet | "
    "rückerstattung | rückzahlung | geld zurück | gutgeschrieben | reembolso | reembolsos | reembolsar | reembolsamos | reembolsado | remboursement | rembourser | remboursé | remboursons",
    "@ship": "ship | ships | shipped | shipping | shipment | deliver | delivers | delivered | delivery | deliveries | dispatch | postage | versand | versenden | verschicken | "
    "lieferung | lieferungen | liefern | geliefert | lieferzeit | lieferzeiten | versandkosten | lieferkosten | versandkostenfrei | zustellung | zugestellt | porto | envío | envíos | enviar | "
    "enviamos | entrega | entregas | entregar | entregamos | portes | livraison | livraisons | livrer | livrons | livré | expédition | expédier | expédions | envoi | frais de port",
    "@parcel": "parcel | parcels | package | packages | paket | pakete | paketen | sendung | päckchen | paquete | paquetes | colis",
    "@price": "price | prices | priced | pricing | cost | costs | charge | charges | fee | fees | preis | preise | kosten | kostet | gebühr | gebühren | precio | precios | cuesta | cuestan | "
    "coste | tarifa | tarifas | cobramos | prix | coûte | coûtent | coût | tarif | tarifs | frais",
    "@pay": "pay | pays | paid | payment | payments | payable | bezahlen | zahlen | zahlung | zahlbar | zahlungsziel | pagar | pago | pagos | payer | paiement | paiements | règlement",
    "@invoice": "invoice | invoices | bill | bills | rechnung | rechnungen | factura | facturas | facture | factures",
    "@warranty": "warranty | warranties | guarantee | guarantees | guaranteed | garantie | garantien | gewährleistung | garantía | garantías | garanti | garantis",
    "@cancel": "cancel | cancels | cancelled | canceled | cancelling | cancellation | cancellations | terminate | notice period | months' notice | month's notice | weeks' notice | days' notice | kündigen | kündigung | kündigungsfrist | gekündigt | stornieren | storniert | stornierung | "
    "absagen | cancelar | cancelación | anular | anulación | annuler | annulation | annulé | résilier | résiliation",
    "@trial": "trial | trials | try | test period | testphase | probezeit | probemonat | probezeitraum | testen | testzeitraum | prueba | période d'essai | essai | essayer",
    "@discount": "discount | discounts | discounted | off | save | saves | saving | savings | reduction | rabatt | rabatte | nachlass | ermäßigung | sparen | descuento | descuentos | rebaja | ahorra | ahorran | remise | réduction | rabais",
    "@open": "open | opens | opening | opening hours | hours | business hours | geöffnet | öffnungszeiten | öffnet | offen | besetzt | sprechzeiten | abierto | abierta | abre | abren | abrimos | horario | horarios | "
    "atendemos | atención | ouvert | ouverte | ouverts | ouvertes | ouverture | ouvre | horaires",
    "@closed": "closed | close | closes | geschlossen | schließt | cerrado | cerrada | cierra | cierran | cerramos | fermé | fermée | ferme | fermeture",
    "@shop": "shop | store | stores | shops | boutique | showroom | branch | laden | geschäft | filiale | ladengeschäft | tienda | tiendas | magasin | magasins",
    "@order": "order | orders | ordered | ordering | purchase | purchases | basket | spend | bestellung | bestellungen | bestellen | bestellwert | bestellt | einkaufswert | warenkorb | warenwert | einkauf | pedido | pedidos | compra | compras | "
    "commande | commandes | commander | achat | achats | panier",
    "@deposit": "deposit | deposits | kaution | anzahlung | fianza | depósito | señal | caution | acompte",
    "@appointment": "appointment | appointments | booking | bookings | reservation | termin | termine | terminvereinbarung | voranmeldung | cita | citas | reserva | reservas | rendez-vous | réservation",
    "@repair": "repair | repairs | repaired | fix | mend | reparatur | reparaturen | reparieren | reparación | reparar | reparaciones | réparation | réparations | réparer",
    "@rent": "rent | rental | rentals | hire | mieten | miete | leihen | verleih | alquilar | alquiler | louer",
    "@subscription": "subscription | subscriptions | subscriber | subscribers | subscribe | membership | abo | abonnement | abonnements | abonnenten | suscripción | suscripciones | suscriptor | suscriptores | abonnés | abonné",
    "@contract": "contract | term | vertrag | vertragslaufzeit | laufzeit | mindestlaufzeit | contrato | contrat",
    "@upload": "upload | uploads | uploading | uploaded | hochladen | hochgeladen | subir | téléverser | téléversement",
    "@file": "file | files | attachment | attachments | datei | dateien | anhang | archivo | archivos | fichier | fichiers",
    "@backup": "backup | backups | back up | sicherung | sicherungen | sicherungskopie | datensicherung | copia de seguridad | sauvegarde | sauvegardes",
    "@support": "support | helpdesk | help desk | kundendienst | kundenservice | soporte | assistance",
    "@reply": "reply | replies | respond | response | answer | answered | antwort | antworten | respuesta | responder | respondemos | réponse | répondre | répondons",
    "@points": "point | points | punkt | punkte | punkten | punto | puntos",
    "@expire": "expire | expires | expiry | valid | validity | verfällt | verfallen | gültig | gültigkeit | ablaufen | caduca | caducan | válido | válida | validez | expire | expirent | valable | valables | validité",
    "@giftcard": "gift card | gift cards | gift voucher | gift vouchers | voucher | vouchers | gutschein | gutscheine | geschenkkarte | geschenkgutschein | tarjeta regalo | vale regalo | carte cadeau | bon cadeau | chèque cadeau",
    "@damage": "damaged | damage | broken | defective | faulty | defect | complaint | complaints | claim | beschädigt | beschädigte | defekt | defekte | kaputt | mangel | mängel | reklamation | reklamationen | dañado | dañada | "
    "defectuoso | roto | reclamación | reclamaciones | endommagé | défectueux | cassé | réclamation | réclamations",
    "@allowed": "dürfen | darf | allowed | allow | welcome | permitted | permit | admitted | erlaubt | gestattet | willkommen | zugelassen | admiten | admite | admitimos | admitidos | permiten | permite | permitimos | bienvenidos | "
    "autorisé | autorisés | admis | bienvenus | permis",
    "@phone": "phone | telephone | call | calls | phone line | hotline | anrufen | telefon | telefonisch | rufen | llamar | llámenos | llama | llame | teléfono | téléphone | appeler | appelez",
    "@age": "age | aged | years old | alter | jahre alt | edad | âge",
    "@breakfast": "breakfast | frühstück | desayuno | petit déjeuner | petit-déjeuner",
    "@checkin": "check-in | check in | anreise | entrada | llegada | arrivée",
    "@checkout": "check-out | check out | abreise | salida | départ",
    "@park": "parking | park | car park | parkplatz | parkplätze | parken | garage | aparcar | aparcamiento | garaje | stationnement | se garer",
    "@pet": "pet | pets | dog | dogs | haustier | haustiere | hund | hunde | mascota | mascotas | perro | perros | animal | animaux | chien | chiens",
    "@minimum": "minimum order | mindestbestellwert | pedido mínimo | minimum de commande",
    "@work": "work with | accept | accepts | accepted | akzeptieren | nehmen wir | aceptamos | aceptan | acepta | trabajamos con | acceptons | acceptez | accepte",
    "@combine": "combine | combined | combining | used together | in addition to | stackable | cumulative | kombinieren | kombiniert | kombinierbar | combinar | combinable | combinables | acumular | acumulable | acumulables | cumuler | cumulable | cumulables",
    "@cash": "cash | coins | notes or coins | banknotes | bargeld | bar zahlen | barzahlung | efectivo | en metálico | espèces",
    "@pause": "pause | paused | pausing | freeze | frozen | freezing | suspend | suspended | pausieren | pausiert | pausar | congelar | suspender | suspendre",
    "@use": "use | used | uses | using | usable | work | works | working | nutzen | benutzen | benutzt | verwenden | funktioniert | usar | usa | utilizar | funciona | utiliser | fonctionne | fonctionnent",
    "@available": "available | possible | included | part of | comes with | erhältlich | verfügbar | möglich | enthalten | inbegriffen | disponible | disponibles | posible | incluido | incluida | incluye | "
    "disponible | possible | inclus | incluse | compris | comprise",
}  # fmt: skip

LIGHT = frozenset({"@use", "@available", "@parcel", "@order", "@price"})
"""Concepts that by themselves say little about what a sentence is about."""

MATTERS = {
    "time": {"@return", "@refund", "@ship", "@warranty", "@cancel", "@trial", "@repair", "@contract", "@backup", "@reply", "@expire", "@invoice", "@pay", "@giftcard", "@appointment", "@rent"},
    "money": {"@ship", "@deposit", "@rent", "@return", "@repair", "@trial", "@subscription", "@minimum", "@giftcard", "@breakfast", "@park", "@cancel", "@pet"},
    "percent": {"@discount", "@deposit", "@subscription"},
    "hours": {"@open", "@shop", "@support", "@phone"},
    "clock": {"@checkin", "@checkout", "@order", "@ship", "@breakfast"},
    "data": {"@upload", "@file"},
    "polarity": {"@allowed", "@return", "@refund", "@ship", "@cancel", "@appointment", "@warranty", "@work", "@deposit", "@pet", "@rent", "@repair"},
}  # fmt: skip
"""Concepts that alone make two values of a dimension comparable."""

GENERIC = frozenset(
    _words(
        "item | items | product | products | goods | article | articles | thing | things | something | anything | equipment | customer | customers | client | clients | user | users | people | person | everyone | everybody | "
        "please | usually | normally | generally | currently | simply | just | need | needs | want | like | take | takes | get | gets | give | make | makes | come | comes | go | find | have | may | must | will | time | "
        "cannot | never | without | unable | none | per | month | year | week | pueden | unfortunately | leider | lamentablemente | malheureusement | sommes | êtes | superior | superiores | inferior | partir | dès | arrives | llegan | llega | tarda | tardan | kommt | kommen | ankommen | arrivent | arriver | lasts | last | need | needs | within | over | above | under | until | from | after | before | only | also | already | easily | straight | away | us | unused | unworn | unopened | new | original | condition | way | day | days | date | receipt | arrive | arrives | arrival | arriving | receive | received | receiving | back | free | right | happy | working | business | right | "
        "let | know | see | say | tell | ask | include | includes | offer | offers | provide | per | about | approximately | around | maximum | minimum | least | most | first | last | total | full | "
        "frequently asked | faq | question | questions | help | information | info | policy | policies | terms | general | overview | guide | page | contact | service | services | details | summary | "
        "ware | waren | artikel | produkt | produkte | produkten | kunde | kunden | bitte | normalerweise | etwa | rund | erhalt | erhalten | tag | tage | tagen | werktage | werktagen | neu | unbenutzt | unbenutzte | ungetragen | ungeöffnet | original | "
        "tener | tiene | haber | ser | estar | hacer | avoir | être | faire | sein | werden | machen | make | makes | do | does | be | "
        "apply | applies | applied | one-off | once | end | ends | begin | begins | beginning | start | starts | stay | stays | keep | keeps | allow | cover | covers | amount | amounts | require | requires | required | period | periods | "
        "temperature | heated | einmalig | anfallen | fällt | fallen | beginn | anfang | ende | endet | enden | zeitraum | temperatur | beheizt | gelten | gilt | erhoben | verlangen | única | único | empieza | comienza | temperatura | unique | début | commence | température | "
        "vergehen | vergeht | liegen | liegt | zwischen | rechnen | betragen | spätestens | between | passes | elapse | expect | entre | transcurren | compter | "
        "beträgt | dauert | dauern | bekommen | können | gibt | geben | nehmen | haben | möglich | nötig | häufige | fragen | hilfe | kontakt | übersicht | informationen | allgemeine | bedingungen | agb | richtlinie | seite | zeit | "
        "artículo | artículos | producto | productos | cliente | clientes | favor | normalmente | unos | aproximadamente | día | días | recibir | recibido | recepción | nuevo | usar | dura | puede | pueden | hace | tiempo | plazo | preguntas | "
        "frecuentes | ayuda | contacto | información | política | condiciones | normas | generales | página | servicio | servicios | "
        "article | produit | produits | client | clients | svp | environ | jour | jours | réception | reçu | neuf | ouvert | prend | peut | peuvent | faire | délai | temps | questions | fréquentes | aide | contact | politique | conditions | vente | générales | page | service | services | "
        "achat | disposez | dispose | bénéficiez | cas"
    )
)  # fmt: skip

SCOPES = {
    "tier": "standard | express | premium | basic | pro | plus | enterprise | business | starter | professional | economy | overnight | next-day | same-day | expedited | priority | klein | kleine | groß | große | estándar | urgente | 24h | "
    "économique | grundkurs | aufbaukurs | small | large | petit | grand",
    "place": "uk | united kingdom | britain | england | scotland | ireland | germany | deutschland | deutschlands | österreich | austria | schweiz | switzerland | france | frankreich | spain | spanien | españa | italy | italien | italia | "
    "netherlands | niederlande | belgium | belgien | poland | polen | denmark | dänemark | sweden | schweden | norway | norwegen | finland | finnland | portugal | usa | united states | canada | kanada | mexico | méxico | australia | "
    "japan | china | india | brazil | europe | europa | eu | ue | international | worldwide | overseas | abroad | ausland | domestic | inland | alemania | austria | suiza | francia | extranjero | península | peninsular | baleares | canarias | "
    "allemagne | suisse | espagne | belgique | italie | étranger | union européenne | métropole | noruega | norvège | suecia | suède",
    "who": "employer | employers | adult | adults | child | children | kid | kids | senior | seniors | student | students | baby | babies | members | non-members | employees | wholesale | retail | companies | erwachsene | erwachsenen | kinder | kind | senioren | studenten | studierende | "
    "geschäftskunden | privatkunden | firmenkunden | adulto | adultos | niño | niños | infantil | estudiantes | jubilados | empresas | particulares | adulte | adultes | enfant | enfants | étudiants | entreprises | professionnels",
    "channel": "phone | telephone | call | calls | anrufen | rufen | llamar | llame | llámenos | appeler | appelez | chat | e-mail | email | app | online | in store | in-store | telefon | telefonisch | laden | onlineshop | werkstatt | workshop | teléfono | correo | tienda | téléphone | magasin | domicile | relais | pickup | collection | abholung | "
    "recogida | ios | android | windows | mac | linux",
    "season": "offer | promotion | promo | sale | angebot | aktion | oferta | promoción | rebajas | offre | soldes | summer | winter | spring | autumn | christmas | easter | holiday | holidays | sommer | frühling | herbst | weihnachten | ostern | feiertag | feiertage | feiertagen | verano | invierno | navidad | agosto | festivos | été | hiver | noël | fériés | août | august",
    "billing": "monthly | yearly | annual | annually | monatlich | jährlich | mensual | anual | mensuel | annuel | mensuelle | annuelle",
    "speed": "first | second | third | erste | zweite | dritte | primera | segunda | première | deuxième",
    "made": "refurbished | second-hand | custom | personalised | personalized | sale | digital | fresh | perishable | gebraucht | gebrauchte | refurbished | sonderanfertigung | reduzierte | personalisiert | personalisierte | usado | personalizado | d'occasion | personnalisé | personnalisés | soldés | "
    "worn | getragen | getragene | opened | geöffnete",
    "meal": "breakfast | lunch | dinner | frühstück | mittagessen | abendessen | desayuno | almuerzo | cena | comida | petit déjeuner | déjeuner | dîner",
    "fabric": "leather | wool | cotton | silk | linen | leder | wolle | baumwolle | seide | cuero | lana | algodón | cuir | laine | coton",
    "half": "morning | afternoon | evening | morgens | abends | nachts | vormittag | nachmittag | mañana | tarde | noche | matin | après-midi | soir",
}  # fmt: skip


SUMMER = ("summer", "sommer", "verano", "été")
WINTER = ("winter", "invierno", "hiver")
MONTHS_LONG = re.compile(
    rf"(?i)^\W*(?:from |von |de )?({'|'.join(MONTH_OF)})\s*(?:[-–—]|to|until|through|bis|a|à)\s*({'|'.join(MONTH_OF)})\b"
)
"""Half of a year, as opening hours name it."""


SAME_SCOPE = {
    word.strip(): group.split("|")[0].strip()
    for group in (
        "phone | telephone | call | calls", "e-mail | email", "in store | in-store", "uk | united kingdom | britain", "usa | united states",
        "child | children | kid | kids", "adult | adults", "senior | seniors", "student | students", "baby | babies", "yearly | annual | annually",
        "international | worldwide | overseas | abroad", "offer | promotion | promo | sale", "holiday | holidays", "autumn | fall", "collection | pickup",
        "telefon | telefonisch | anrufen | rufen", "erwachsene | erwachsenen", "kinder | kind", "studenten | studierende", "deutschland | deutschlands",
        "feiertag | feiertage | feiertagen", "klein | kleine", "groß | große", "angebot | aktion", "morgens | vormittag", "abends | nachts",
        "adulto | adultos", "niño | niños | infantil", "teléfono | llamar | llame | llámenos", "oferta | promoción | rebajas", "ue | europa",
        "adulte | adultes", "enfant | enfants", "téléphone | appeler | appelez", "offre | soldes", "mensuel | mensuelle", "annuel | annuelle",
    )
    for word in group.split("|")
}  # fmt: skip
"""Scopes that are one, whatever their wording."""


def _lookup(table):
    """{wording in lower case: names it stands for}, phrases included."""
    found = {}
    for name, words in table.items():
        for word in _words(words):
            found.setdefault(word, set()).add(name)
    return found


CONCEPT_OF = _lookup(CONCEPTS)
SCOPE_OF = _lookup(SCOPES)
PHRASES = sorted((w for w in {**CONCEPT_OF, **SCOPE_OF} if " " in w or "'" in w), key=len, reverse=True)
PHRASE = re.compile(rf"(?i)(?<!\w)(?:{'|'.join(re.escape(p) for p in PHRASES)})(?!\w)")
