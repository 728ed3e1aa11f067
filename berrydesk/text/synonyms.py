"""What customers call the things that businesses write about: "money back" is a refund, a shop is a store.

Each line is one meaning; commas part its wordings, of which those of several words are only looked for in the
question. Lists of our own, kept to what every business is asked.
"""

import functools
import re

from berrydesk.text.tokens import tokens

_MEANINGS = {
    "en": """
        return, returns, send back, give back, bring back, sent back
        refund, refunds, money back, reimbursement, reimburse, get my money
        exchange, swap, trade in
        shop, store, branch, showroom
        price, cost, costs, fee, charge, how much, expensive, prices, rate
        delivery, deliver, shipping, ship, shipment, dispatch, postage, send out
        parcel, package, shipment
        track, tracking, trace, follow, where is my
        order, purchase
        cancel, terminate, unsubscribe, end my, call off, opt out, stop sending
        open, opening, hours, close, closing
        address, located, location, where is your, where are you, find you, directions
        phone, telephone, call
        broken, defective, faulty, damaged, defect, cracked, torn, not work, not working, doesn't work, stopped working
        warranty, guarantee
        repair, fix, mend
        sign in, log in, login, sign-in
        child, children, kid, kids
        discount, coupon, promo, promotion, cheaper
        invoice, bill, receipt
        appointment, booking, reservation, book, reserve
        parking, park, car park
        job, jobs, hiring, career, careers, vacancy
        free, complimentary, no charge, gratis
        delete, remove, erase
        change, edit, update, modify
        dog, dogs, pet, pets
        size, sizes, sizing
        instalments, installments, pay later, monthly payments
        pay, payment, payments, checkout
        available, availability, in stock, out of stock, sold out, stock
        collect, collection, pickup, pick up, pick it up, pick them up
        voucher, vouchers, gift card, gift cards
        valid, validity, expire, expiry, good for
        password, passcode, my login
        email, mail
        contact, reach, get in touch, write to
        customs, duty, duties, import tax
        """,
    "de": """
        Rückgabe, zurückgeben, zurückschicken, zurücksenden, Umtausch, umtauschen, Retoure, nehmen zurück
        Erstattung, erstatten, Rückerstattung, Geld zurück, Geld wieder
        Versand, Lieferung, liefern, versenden, verschicken, Versandkosten, Lieferkosten, Zustellung, Porto, Lieferzeit
        Paket, Päckchen, Sendung
        Sendungsverfolgung, verfolgen, Tracking, wo ist mein, wo bleibt
        Bestellung, Kauf, Auftrag, bestellen
        Kosten, kostet, Preis, Preise, Gebühr, teuer, wie viel
        Laden, Geschäft, Filiale, Shop
        Öffnungszeiten, geöffnet, offen, öffnet, schließt, geschlossen
        kündigen, Kündigung, stornieren, Stornierung, abbestellen, abbrechen, rückgängig, widerrufen, Widerruf
        Garantie, Gewährleistung
        kaputt, defekt, beschädigt, zerbrochen, gerissen, funktioniert nicht, geht nicht
        Reparatur, reparieren, flicken, instand
        platt, platten, Platten, Plattfuß
        Rechnung, Beleg, Kassenbon, Quittung
        Rabatt, Gutschein, Nachlass
        Termin, Buchung, Reservierung, buchen, reservieren
        Telefon, Telefonnummer, anrufen
        Raten, Ratenzahlung, Monatsraten
        Parkplatz, Parkplätze, parken, Garage
        bezahlen, zahlen, Zahlung, Bezahlung
        kostenlos, gratis, umsonst, kostenfrei
        Kind, Kinder
        verfügbar, lieferbar, ausverkauft, vergriffen, auf Lager
        abholen, Abholung, mitnehmen, vorbeikommen
        Passwort, Kennwort, Zugangsdaten
        Student, Studenten, Studierende, Studentenrabatt
        ändern, wechseln, aktualisieren
        """,
    "es": """
        devolver, devolución, devoluciones, mandar de vuelta
        reembolso, reembolsar, dinero de vuelta, devolver el dinero, devuelven el dinero
        envío, envíos, entrega, enviar, enviamos, mandar, entregar, porte, portes
        paquete, pedido, compra, encargo
        seguimiento, rastrear, rastreo, localizar, dónde está mi
        precio, precios, cuesta, cuestan, coste, costar, vale, tarifa, cuánto
        tienda, local, sucursal
        horario, horarios, abierto, abre, abren, cierra, cierran
        cancelar, cancelación, anular, darse de baja
        garantía, garantías
        roto, rota, defectuoso, dañado, averiado, no funciona
        reparar, arreglar, reparación
        factura, recibo, ticket
        descuento, cupón, rebaja
        cita, reserva, reservar
        teléfono, llamar
        aparcar, aparcamiento, parking, garaje
        niño, niños, hijos, bebé, bebés, cuna
        perro, perros, mascota, mascotas
        gratis, gratuito, gratuita, sin coste
        entrada, entrar, llegada, llegar
        cargador, carga, cargar
        pagar, pago, pagos, abonar
        disponible, existencias, agotado, stock
        recoger, recogida, retirar, buscarlo, pasar a buscar
        contraseña, clave
        estudiantes, universitarios
        cambiar, modificar, actualizar
        """,
    "fr": """
        retour, retours, retourner, renvoyer
        remboursement, rembourser, remboursé
        livraison, livrer, livrez, expédition, expédier, envoyer, envoi, frais de port
        colis, paquet
        suivi, suivre, où est mon, où est ma
        commande, achat, commander
        prix, coût, coûte, tarif, combien
        magasin, boutique
        horaires, ouvert, ouverture, ouvre, fermé, ferme
        annuler, annulation, résilier
        garantie, garanti
        cassé, défectueux, défectueuse, abîmé, endommagé, panne, ne marche pas, ne fonctionne pas
        réparer, réparation
        facture, reçu
        réduction, remise, promo
        rendez-vous, réservation, réserver
        téléphone, appeler
        parking, garer, stationner
        enfant, enfants
        gratuit, gratuite, offert
        payer, paiement, paiements, régler, règlement
        disponible, disponibilité, épuisé, stock, rupture
        retirer, retrait, chercher, récupérer
        passe, code, identifiant
        changer, modifier, actualiser
        """,
}


def alternatives(question, language, groups=()):
    """{index term: the question's own terms it may stand for}, without terms that the question has itself.

    ``groups``: lists of wordings that mean the same, besides those known here.
    """
    words = tokens(question, language)
    own = set(words)
    found = _of_groups(words, language, groups)
    meanings = _meanings(language)
    if not meanings:
        return found
    plain = " ".join(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", question.lower()))
    for terms, phrases in meanings:
        said = [inside for phrase, inside in phrases if f" {phrase} " in f" {plain} "]
        meant = (own & terms).union(*(inside & own for inside in said))
        if meant or said:
            for term in terms - own:
                found.setdefault(term, set()).update(meant)
    return found


def _of_groups(words, language, groups):
    """A wording is said where its words stand side by side in the question; every word of the others may stand for it."""
    own, found = set(words), {}
    for group in groups:
        wordings = [tokens(wording, language) for wording in group]
        said = [wording for wording in wordings if wording and _stands_in(wording, words)]
        meant = {term for wording in said for term in wording}
        for term in {term for wording in wordings for term in wording} - own if said else ():
            found.setdefault(term, set()).update(meant)
    return found


def _stands_in(wording, words):
    return any(words[i : i + len(wording)] == wording for i in range(len(words) - len(wording) + 1))


@functools.cache
def _meanings(language):
    """(terms, [(phrase, its terms)]) of each meaning."""
    found = []
    for line in _MEANINGS.get(language, "").strip().splitlines():
        wordings = [wording.strip() for wording in line.split(",")]
        terms = {tokens(w, language)[0] for w in wordings if " " not in w and len(tokens(w, language)) == 1}
        phrases = [(w.lower(), frozenset(tokens(w, language))) for w in wordings if " " in w]
        found.append((frozenset(terms), phrases))
    return found
