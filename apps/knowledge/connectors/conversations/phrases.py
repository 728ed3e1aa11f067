"""What people say around a question and an answer, in the languages that most of them write."""

import re


def _any(*patterns):
    return re.compile("(?i)" + "|".join(f"(?:{pattern})" for pattern in patterns))


GREETING = re.compile(
    r"(?i)^(?:hi+|hello|hey(?: ho)?|hiya|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|"
    r"abend)|moin|servus|liebe[rs]?|sehr geehrte[rs]?|hola|buen[oa]s (?:d[ií]as|tardes|noches)|estimad[oa]|bonjour|"
    r"bonsoir|salut|ol[aá]|bom dia|boa tarde|boa noite|ciao|buongiorno)\b"
    r"(?:[ ,]+(?:there|all|team|zusammen|everyone|support|sir|madam|herr|frau|mr\.?|mrs\.?|ms\.?|damen und herren))*"
)
"""At the start of a message; what follows it up to a comma, if it is short and capital, is a name."""

NAME_AFTER = re.compile(r"^,?[ ]((?:[A-ZÀ-Þ][\w'’-]+ ?){1,3})(?=[,.!?:;\n]|$|\s[-–—])")
"""The name after a greeting."""

SIGN_OFF = re.compile(
    r"(?is)(?:^|[\n.!?]\s*)(?:(?:kind|best|warm|many)?\s*(?:regards|wishes)|sincerely|yours|cheers|best|thanks|thank you|"
    r"many thanks|(?:mit )?(?:freundliche[nr]?|viele|liebe|beste) gr[üu](?:ß|ss)en?|mfg|lg|vg|saludos|un saludo|"
    r"cordialement|bien à vous|atenciosamente|abraços|cordiali saluti)\s*(?:,|\n)\s*[^\n.?!]{0,60}(?:\n[^\n]{0,80}){0,3}\s*$"
)
"""The end of a letter with the name below it."""

NAME_TOLD = re.compile(
    r"(?:(?i:my (?:full )?name is|this is|mein name ist|ich hei(?:ß|ss)e|me llamo|mi nombre es|je m'appelle|"
    r"meu nome é|mi chiamo|name:))\s+((?:[A-ZÀ-Þ][\w'’-]+ ?){1,3})"
    r"|(?:(?i:i am|i'm|ich bin|soy|je suis))\s+((?:[A-ZÀ-Þ][\w'’-]+ ){1,2}[A-ZÀ-Þ][\w'’-]+)"
)
NAME_ASKED = _any(
    r"\byour (?:full |first |last )?names?\b",
    r"full name",
    r"\bihre[nr]? (?:vollen? )?namen?",
    r"su nombre",
    r"votre nom",
    r"seu nome",
)

COURTESY = _any(
    r"^(?:many |great |ok(?:ay)? |awesome |perfect |no )?(?:thanks|thank you|thx|ty|cheers)\b(?!.*\b(?:but|question)\b)",
    r"\b(?:you(?:'|’)?re|you are) (?:very |most )?welcome",
    r"^(?:not?|no) (?:problem|worries)",
    r"^(?:my |a |it was a |it's a )?pleasure\b",
    r"\bpleasure (?:to help|helping|assisting)",
    r"\b(?:have|enjoy) (?:a|an|your) (?:\w+ ){0,2}(?:day|night|evening|weekend|one|time)\b",
    r"^(?:good ?bye|bye|take care|see you)\b",
    r"(?:anything|something) else (?:that )?(?:i|we) (?:can|could|may)",
    r"\bhow (?:can|may|could) (?:i|we) (?:help|assist)",
    r"^(?:i(?:'|’)?m |we(?:'|’)re )?(?:happy|glad) to (?:help|assist|hear)",
    r"^i hope (?:this|that|it) help",
    r"^(?:thanks|thank you) for (?:reaching|contacting|your|getting|waiting|writing|asking|trying)",
    r"^(?:that(?:'|’)?s|that is) (?:it|all|great|perfect|fine)\b",
    r"\b(?:let (?:me|us) know|(?:reach out|contact us) (?:again )?) if (?:you|there)",
    r"^(?:great|perfect|awesome|excellent|wonderful|exactly|cool|nice|sure|ok(?:ay)?|alright|got it|understood|yes|no|"
    r"please|of course|certainly|absolutely|good question|great question)[\s.!,]*$",
    r"^(?:vielen |herzlichen |besten )?dank|^danke\b|^gern(?:e)?(?: geschehen)?[\s.!]*$|^bitte (?:sehr|schön)?[\s.!]*$",
    r"(?:schönen|angenehmen) (?:tag|abend|woche)|auf wiedersehen|^tschüss",
    r"(?:kann|können) (?:ich|wir) (?:ihnen |dir )?(?:sonst |noch |weiter)",
    r"^(?:muchas )?gracias|^de nada|(?:buen día|que tenga)|^merci\b|^de rien|^je vous en prie|bonne journée|"
    r"^obrigad[oa]|^de nada|^grazie|^prego",
)
"""Sentences that say nothing."""

THANKS = _any(
    r"\b(?:thanks|thank you|thx|cheers|perfect|great|awesome|excellent|wonderful|brilliant|solved|that works|it works|"
    r"that helped|got it|appreciate)\b",
    r"\b(?:danke|dankeschön|super|prima|hat geklappt|funktioniert jetzt|gracias|perfecto|merci|parfait|obrigad[oa]|"
    r"perfeito|grazie|perfetto)\b",
    "ありがとう|谢谢|感谢|감사",
)
UNHAPPY = _any(
    r"\b(?:not (?:very |at all |really )?helpful|useless|unacceptable|ridiculous|terrible|worst|disappoint(?:ed|ing)|"
    r"frustrat(?:ed|ing)|angry|waste of time|never again|rip.?off|scam|complain(?:t|ing)?)\b",
    r"\b(?:still|does(?:n(?:'|’)?t| not)|did(?:n(?:'|’)?t| not)) (?:not )?(?:work|help|solve|answer)",
    r"\bstill (?:broken|waiting|the same|no |nothing|have(?:n(?:'|’)t| not))",
    r"\b(?:speak|talk) to (?:a |your )?(?:manager|supervisor|human|real person)",
    r"\b(?:unverschämt|enttäuscht|hilft (?:mir )?nicht|funktioniert (?:immer noch |noch immer )?nicht|beschwerde)\b",
    r"\b(?:inaceptable|no (?:me )?sirve|no funciona|inadmissible|inacceptable|ne (?:marche|fonctionne) pas|"
    r"não funciona|inaceitável)\b",
)

WAITING = _any(
    r"\b(?:one|just a|a) (?:moment|second|minute|sec)\b",
    r"\b(?:please )?(?:hold on|bear with me|hang on|stand by)\b",
    r"\b(?:let me|i(?:'|’)?ll|i will|i(?:'|’)?m going to|i can|allow me to|i(?:'|’)?d be happy to) (?:quickly |just |now )?"
    r"(?:check|look|see|find|verify|pull|take a look|confirm|search|answer|help|assist)",
    r"\b(?:checking|looking) (?:this|that|it|now|into)",
    r"\b(?:einen|ein) (?:moment|augenblick)\b|ich (?:schaue|prüfe|sehe) (?:kurz |mal |das |gleich )*nach",
    r"ich (?:prüfe|kläre) das|un momento|voy a (?:revisar|comprobar)|un instant|je vérifie|um momento|vou verificar",
)
"""The answer is still to come."""

LATER = _any(
    r"\bget(?:ting)? back to you\b",
    r"\b(?:they|we|someone|he|she|our \w+)(?:'|’)?(?:ll| will) (?:be in touch|contact|call|reach|e-?mail|give you a call|"
    r"follow up|update you|look into)",
    r"\bescalat|\bforward(?:ed|ing) (?:this|it|your|that)|\bpass(?:ed|ing)? (?:this|it|your|that) (?:on|along|to)\b",
    r"\b(?:let|told|tell|inform(?:ed)?|ask(?:ed)?|notified) (?:my|our) (?:manager|supervisor|team|colleague)",
    r"\bsorry (?:that )?(?:i|we) (?:could(?:n(?:'|’)?t| not)|can(?:'|’)?t|cannot)",
    r"\b(?:i|we) (?:don(?:'|’)?t|do not) know\b|\bnot (?:sure|certain)\b",
    r"\b(?:opened|created|logged|raised) (?:a|an|your) (?:ticket|case)",
    r"(?:melde|melden) (?:ich |wir )?(?:mich|uns) (?:wieder |bei ihnen)|weitergeleitet|leite (?:ich )?(?:das|es|ihre)",
    r"(?:le|te) (?:contactaremos|llamaremos)|nous reviendrons|nous vous recontact|entraremos em contato",
)
"""The conversation ended with a promise instead of an answer."""

OF_ONE_CASE = _any(
    r"\byour (?:order|package|parcel|shipment|account|refund|payment|card|subscription|request|ticket|case|delivery|item|"
    r"items|replacement|return|address|invoice)s? (?:has|have|was|were|is|are|will|had|shows?|went|left|arrived|shipped)"
    r"\b(?!.{0,40}\b(?:if|when|once|always|usually|within)\b)",
    r"\b(?:i|we)(?:(?:'|’)ve| have|(?:'|’)ll| will)? ?(?:just |now |already |also |gone ahead and |successfully )*"
    r"(?:refunded|cancell?ed|sent you|shipped|updated your|issued|processed|changed your|reset your|credited|applied|"
    r"removed|waived|re-?sent|extended your|added (?:a|the|your)|upgraded)\b",
    r"\b(?:i|we) (?:can )?see (?:that|your|here|you|in)\b|\bas (?:i|we) can see\b|\b(?:according to|looking at) your\b",
    r"\bcurrently in progress\b|\bout for delivery\b|\bin your (?:account|case|order)\b|\btracking (?:number|link|id)\b",
    r"\b(?:everything|all) (?:is )?in order\b|\b(?:pulled|brought) up your\b|\b(?:you have|you've) been (?:refunded|charged)",
    r"\bihre? (?:bestellung|paket|sendung|konto|erstattung|zahlung|rechnung|lieferung) (?:wurde|ist|wird|war)\b",
    r"\bich habe (?:\w+ ){0,4}(?:storniert|erstattet|geändert|verschickt|versendet|veranlasst|aktualisiert)\b",
    r"\bsu (?:pedido|paquete|cuenta|reembolso) (?:ha|está|fue|será)\b|\bhe (?:cancelado|reembolsado|enviado|actualizado)\b",
    r"\bvotre (?:commande|colis|compte|remboursement) (?:a|est|sera)\b|\bj'ai (?:annulé|remboursé|envoyé)\b",
)
"""True of this customer only."""

ASKS = _any(
    r"\?\s*$",
    r"？\s*$",
    r"^(?:(?:and|so|but|ok(?:ay)?|also|well)[, ]+)?(?:how|what|when|where|why|who|which|can|could|do|does|did|is|are|may|"
    r"will|would|should|am|has|have)\b",
    r"^(?:wie|was|wann|wo|warum|wer|welche[rsn]?|kann|können|gibt|habe?n?|muss|darf)\b",
    r"^¿|^(?:cómo|qué|cuándo|cuánto|dónde|puedo|hay)\b|^(?:comment|quand|où|pourquoi|combien|est-ce|puis-je)\b|"
    r"^(?:como|quando|onde|quanto|posso)\b",
    r"ですか|ますか|吗$|呢$|까\s*$",
)
"""A question by its form."""

WANTS = _any(
    r"\b(?:i|we)(?:(?:'|’)d| would)? (?:want|need|like|wish|wanted|am trying|was wondering|wonder|am looking|can(?:'|’)?t|"
    r"cannot|have a (?:question|problem)|have an issue|forgot|lost)\b|\bi(?:'|’)m (?:trying|looking|wondering|unable|"
    r"confused|interested|not able)\b|\bi(?:'|’)ve (?:got|been)\b",
    r"\b(?:wanted|trying|want|need) to (?:know|check|ask|return|cancel|change|find|see|get)\b",
    r"\b(?:tell|explain|show) me\b|\bplease (?:help|explain|advise|clarify)\b|\bhow (?:much|long|many|do|to)\b",
    r"\b(?:not working|doesn(?:'|’)?t work|broken|missing|wrong|damaged|defective)\b",
    r"\bich (?:möchte|will|würde|brauche|suche|habe|kann|wollte|bräuchte)\b|\bquiero\b|\bnecesito\b|\bme gustaría\b|"
    r"\bje (?:voudrais|souhaite|veux|cherche)\b|\bgostaria\b|\bpreciso\b",
)
"""A question by what it asks for."""

LEANS = _any(
    r"\b(?:it|they|them|that|this|those|these|one)\b",
    r"\b(?:das|es|sie|die|dies\w*)\b",
    r"\b(?:eso|esto|ello)\b",
    r"\b(?:cela|ça)\b",
)
"""Speaks of something that was named before."""

REPLIES = _any(r"^(?:yes|no|nope|yeah|yep|sure|ok|okay|ja|nein|sí|si|oui|non|sim|não)\b[ ,.!]")
"""An answer to a question, not a question."""

FILLER = re.compile(
    r"(?i)^(?:ok(?:ay)?|alright|sure|well|so|great|gladly|also gut|gerne|vale|d'accord)[,.!]+\s+"
)
"""At the start of an answer."""

BAD_ENDS = frozenset(
    [
        "escalated",
        "escalation",
        "complaint",
        "unresolved",
        "unsolved",
        "bad",
        "abandoned",
        "spam",
        "negative",
        "angry",
        "churn",
        "beschwerde",
    ]
)
"""Tags of conversations that did not end well."""
OPEN = frozenset(
    [
        "open",
        "new",
        "pending",
        "hold",
        "on-hold",
        "on_hold",
        "in_progress",
        "waiting",
        "offen",
        "pendiente",
        "ouvert",
    ]
)
"""What a conversation's status says while it goes on."""
