"""Words that say for whom or for how long something holds: some only, everybody, bound, free to leave."""

import re

LONGEST = 260
"""Characters; in a longer sentence a condition seldom holds for the whole."""

_ONLY = re.compile(
    r"(?i)\bonly (?:for|to|available (?:to|for|in|on)|open to|in|with|on|by|admin\w*|owner\w*|member\w*|subscriber\w*|customer\w*|user\w*|the \w+ (?:can|may))\b|\b(?:for|to|by) (?:the |our )?(?:[\w-]+ ){1,4}?only\b|\b(?:members?|subscribers?|customers?|owners?|admins?|administrators?|guests?|residents?|adults?|staff|patients?|users?|students?|plans?) only\b|"
    r"\breserved (?:for|to)\b|\bexclusive(?:ly)? (?:for|to|in)\b|\bnobody (?:else|but)\b|\bno one (?:else|but)\b|\bonly (?:[\w-]+ ){1,3}(?:can|may|are allowed|have access)\b|"
    r"\bnur (?:für|mit|im|in|an|bei|auf|durch)\b|\bausschließlich\b|\bvorbehalten\b|\b(?:solo|sólo|únicamente|exclusivamente) (?:para|en|con|los|las|el|la)\b|\breservad[oa]s? (?:a|para)\b|"
    r"\b(?:uniquement|seulement|exclusivement) (?:pour|aux?|en|avec|sur)\b|\bréservée?s? (?:à|aux?)\b"
)
_ALL = re.compile(
    r"(?i)\b(?:whoever|whichever|(?<!ask )(?<!remind )(?<!invite )(?:any|every)(?:body|one)(?! (?:under|over|aged|younger|older|with|who|whose|from|in|at|else))|no matter (?:who|which|what)|regardless of|irrespective of|no (?:account|login|registration|card|licence|license|appointment) (?:is )?(?:needed|required|necessary)|"
    r"(?:all|every|each|any|both) (?:of (?:the |our )?)?(?:plans?|subscriptions?|packages?|tariffs?|customers?|users?|members?|subscribers?|guests?|teams?|accounts?|editions?|levels?|staff|colleagues?|roles?)|"
    r"alle(?:n|r)? (?:kunden|nutzer\w*|mitglieder\w*|tarife\w*|pakete\w*|pläne\w*|gäste\w*|mitarbeiter\w*)|jede[rmsn]? (?:kunde\w*|nutzer\w*|mitglied\w*|tarif\w*|paket\w*|plan|gast|mitarbeiter\w*)|egal welche\w*|unabhängig (?:von|vom)|"
    r"tod[oa]s (?:los|las) (?:planes|clientes|usuarios|socios|tarifas|huéspedes)|cualquier (?:plan|cliente|usuario|persona|tarifa)|cualquiera|sea cual sea|"
    r"(?:tous|toutes) (?:les|nos) (?:clients|abonnés|utilisateurs|forfaits|formules|offres)|n['’]importe (?:qui|quel\w*)|quel que soit)\b"
)
NEEDLESS = re.compile(r"(?i)no (account|login|registration|card|licence|license|appointment) ")
"""What is not needed, in a sentence that holds for everybody."""

_TIED = re.compile(
    r"(?i)\b(?:commit(?:s|ted|ment)?\b[^.;]{0,25}? (?:for|of|to) (?:at least |a minimum of )?(?:\d+|a|one|two|three|four|six|nine|twelve|eighteen)[ -](?:week|month|year)s?|(?:tied in|locked in|bound) for\b|"
    r"minimum (?:contract )?(?:term|period|duration|commitment|contract)\b|runs? for at least|for at least (?:\d+|a|one|two|three|six|twelve|eighteen) (?:months?|years?)|"
    r"mindest(?:vertrags)?laufzeit|läuft mindestens|permanencia (?:mínima )?de|(?:permanencia|compromiso) mínim[oa]|engagement (?:minimum )?de|durée minimale)\b"
)
_LOOSE = re.compile(
    r"(?i)\b(?:no (?:minimum|fixed|long-term|contract)[ -](?:term|period|contract|commitment|duration)|no (?:commitment|lock-in|strings)|without (?:a |any )?(?:minimum|fixed|long-term) (?:term|period|contract|commitment)|without (?:any )?commitment|"
    r"(?:nobody|no one|you) (?:is|are) (?:not |never )?(?:tied|locked|bound)(?: in| down)?|(?:not|never) (?:tied|locked|bound) (?:in|down)|(?:cancel|leave|quit|stop|walk away|end (?:it|the contract|your \w+))\b[^.;]{0,40}? (?:at any time|any time|anytime|whenever you)|"
    r"jederzeit (?:künd\w+|beend\w+)|keine (?:mindest(?:vertrags)?laufzeit|vertragsbindung|bindung)|ohne (?:mindest(?:vertrags)?laufzeit|vertragsbindung|bindung)|sin (?:permanencia|compromiso)|sans engagement)\b"
)
_RULES = {"only": _ONLY, "all": _ALL, "tied": _TIED, "loose": _LOOSE}


def found_in(text):
    """{name: where} of the conditions that a sentence names."""
    matches = {name: rule.search(text) for name, rule in _RULES.items()} if len(text) <= LONGEST else {}
    return {name: match.span() for name, match in matches.items() if match}
