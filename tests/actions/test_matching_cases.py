"""Recognising a wish without a model: sentences of customers, and sentences that only sound like them."""

from types import SimpleNamespace

import pytest
from berrydesk_stripe.refund import Refund

from apps.actions import matching, values, wishes

WISHES_WITH_A_PAYMENT = """
I want my money back for order NL-20418
I want a refund for pi_3NxAbc123
I'd like my money back for order NL-20418
I would like a refund for order NL-20418 please
I need a refund for order #20418
Please refund order NL-20418
Refund NL-20418
refund my order NL-20418
Can I get a refund for order NL-20418?
Could you refund my order NL-20418, please?
Can you give me my money back for NL-20418?
Hi, I bought a lamp and it arrived broken. I want my money back. The order is NL-20418.
My lamp arrived broken. Please refund order NL-20418.
The lamp has not arrived. I want my money back for order NL-20418.
I want to get my money back for order number NL-20418
give me a refund for order NL-20418
give my money back order NL-20418
Could I have a refund for NL-20418?
I'd like to request a refund for order NL-20418
I am requesting a refund for order NL-20418
I want to return the lamp and get a refund, order NL-20418
Refund please, order NL-20418
refund for order NL-20418
money back for NL-20418 please
I was charged twice, please refund payment pi_3NxAbc123
Please refund 25 EUR of order NL-20418
I want a refund of €12.50 for order NL-20418
I demand a refund for order NL-20418!
i want my money back!!! order nl-20418
Would you please refund me for order NL-20418
I no longer need it. Please refund order NL-20418
I don't need the lamp anymore, please refund order NL-20418
I changed my mind and want a refund for order NL-20418
please return my money for order NL-20418
I want refund NL-20418
Ich möchte mein Geld zurück für Bestellung NL-20418
Ich will mein Geld zurück, Bestellung NL-20418
Bitte erstatten Sie meine Bestellung NL-20418
Ich hätte gern mein Geld zurück, NL-20418
Ich möchte eine Erstattung für Bestellung NL-20418
Quiero que me devuelvan el dinero del pedido NL-20418
Quiero un reembolso del pedido NL-20418
Je veux être remboursé pour la commande NL-20418
Je voudrais un remboursement pour la commande NL-20418
I don't want the lamp. Refund NL-20418!
When I opened the box it was broken, I want my money back for NL-20418
I paid 1200 euros and want a refund for order NL-20418
Hello, can you please refund order 20418
No, I want my money back, order NL-20418
I want a refund, not a voucher, for order NL-20418
Quero um reembolso do pedido NL-20418
hey my parcel never came, can you refund me? it's NL-20418
can i please have my money back for order NL-20418
I'm not happy with the lamp. Please give me a refund for order NL-20418
I'd like to be refunded for NL-20418
Kindly refund the amount for order NL-20418
the order NL-20418 was a mistake, please refund it
I wanna get a refund for NL-20418
i would like my money returned, order NL-20418
Get me a refund for order NL-20418
I want you to refund order NL-20418
Can you process a refund for NL-20418?
Please issue a refund for order NL-20418
Could you send my money back for order NL-20418
Hi I need to get refunded for order NL-20418
Refund 10 euros of order NL-20418 please
Ich hätte gerne mein Geld zurück für NL-20418
Können Sie mir bitte mein Geld zurückgeben? NL-20418
Quisiera un reembolso, pedido NL-20418
""".strip().splitlines()

WISHES_WITHOUT = """
I want my money back
I want a refund
I'd like a refund please
Can I get a refund?
Please refund my order
I need my money back
Refund me please
I want a refund for my lamp
give me my money back
Ich will mein Geld zurück
""".strip().splitlines()

NO_WISHES = """
How do refunds work?
What is your refund policy?
What is your refund policy for order NL-20418?
How long does a refund take?
How can I get my money back?
How do I get a refund for order NL-20418?
When will I get my refund for order NL-20418?
When will I get my money back for order NL-20418?
Where is my refund for order NL-20418?
Where is my order NL-20418?
I do not want a refund for my order NL-20418
I don't want my money back for NL-20418, I want a new lamp
I already got a refund for my order NL-20418, thanks
My refund for NL-20418 has not arrived yet
I am still waiting for my refund for order NL-20418
I have not received my refund for order NL-20418
Do you refund orders?
Do you give refunds?
Is there a money back guarantee?
Are refunds possible after 30 days?
Can I get a refund if the lamp was opened?
Can I get a refund after 30 days?
Can customers get a refund on sale items?
Could you explain how refunds work?
Can you tell me about your refund policy?
Tell me about refunds
I want to know how refunds work
I want to know when I get my refund for NL-20418
I'd like to understand your refund policy
I have a question about my refund for order NL-20418
Would I get a refund if I cancel order NL-20418?
Will I get my money back for order NL-20418?
Thanks for the refund for order NL-20418
Please do not refund order NL-20418
Don't refund NL-20418
Cancel my refund for NL-20418
I want to cancel order NL-20418
I want to change my order NL-20418
I want to exchange my order NL-20418
I want my lamp back
I want my package for order NL-20418
I paid for order NL-20418 with PayPal
I want to order a lamp
I want to pay for order NL-20418
Please send me the invoice for order NL-20418
What happens with my money if I return the lamp?
Which orders can be refunded?
Who pays for returns?
Why was I refunded only 10 euros for NL-20418?
refund policy
refunds
money back guarantee?
Has order NL-20418 been refunded?
Was my payment pi_3NxAbc123 refunded?
Wie funktioniert eine Erstattung?
Wann bekomme ich mein Geld zurück für NL-20418?
Ich möchte kein Geld zurück
Ich möchte wissen, wie lange eine Erstattung dauert
¿Cómo puedo pedir un reembolso?
¿Cuándo me devuelven el dinero del pedido NL-20418?
Comment me faire rembourser ?
Quand serai-je remboursé pour la commande NL-20418 ?
Je ne veux pas être remboursé
NL-20418
hello
Do you ship to Norway?
How much is the Berry lamp?
I want to talk to a person
The lamp does not turn on
Can I pay with American Express for order NL-20418?
Please cancel my refund for NL-20418
I want to pay money for order NL-20418
Refunds for payments by card?
If the lamp is broken, do I get my money back?
Please explain the refund for order NL-20418
Please send me the status of my refund for NL-20418
I got my refund for NL-20418
Will the refund go to my card?
What if I want my money back?
Do I need the receipt to get a refund?
My friend got a refund for order NL-20418
I was told I would get a refund for NL-20418
Is the refund for NL-20418 processed?
Can you check whether order NL-20418 was refunded?
Can you tell me when my refund for NL-20418 arrives?
please explain your refund rules
I read about your money back promise
Need info on refunds
I'd like to know more about refunds please
Can a refund be made to another card?
Could a refund take longer than ten days?
I am happy with my refund
The refund for NL-20418 was too low
Please tell me the refund amount for order NL-20418
""".strip().splitlines()


@pytest.mark.parametrize("text", WISHES_WITH_A_PAYMENT)
def test_a_wish_with_its_payment(text):
    assert wishes.is_wish(Refund(), text)
    assert values.found_in(Refund(), text)["payment"]


@pytest.mark.parametrize("text", WISHES_WITHOUT)
def test_a_wish_that_lacks_its_payment(text):
    assert wishes.is_wish(Refund(), text)
    assert values.lacking(Refund(), values.found_in(Refund(), text)) == ["payment"]


@pytest.mark.parametrize("text", NO_WISHES)
def test_talk_of_it_is_no_wish(text):
    assert not wishes.is_wish(Refund(), text)


@pytest.mark.parametrize(
    ("text", "payment", "amount"),
    [
        ("I paid 1200 euros and want a refund for order NL-20418", "NL-20418", "1200"),
        ("refund €12.50 of order #20418", "#20418", "12.50"),
        ("My phone is 5551234, please refund order number 20418", "20418", None),
        ("refund NL-20418 or NL-20419", None, None),
        ("refund pi_3NxAbc123.", "pi_3NxAbc123", None),
    ],
)
def test_values_are_read_or_left_alone(text, payment, amount):
    found = values.found_in(Refund(), text)
    assert (found.get("payment"), found.get("amount")) == (payment, amount)


def test_an_answer_without_the_number_is_asked_once_more(refunding, agent):
    first = matching.match(agent, "I want €5 of my money back", ()).missing
    history = [said("visitor", "I want €5 of my money back"), said("agent", first)]
    second = matching.match(agent, "I cannot find it", history).missing
    assert second.startswith("I could not read it from that. ") and second != first
    history += [said("visitor", "I cannot find it"), said("agent", second)]
    assert matching.match(agent, "still nowhere", history) is None
    then = matching.match(agent, "ah, it is NL-20418", history)
    assert then.missing is None and then.parameters == {"payment": "NL-20418", "amount": "5"}


@pytest.mark.parametrize(
    "text", ["never mind", "No thanks", "How long does it take?", "cancel", "Where do I find it"]
)
def test_who_turns_away_is_not_held(refunding, agent, text):
    history = [said("visitor", "I want my money back"), said("agent", matching.question(Refund()))]
    assert matching.match(agent, text, history) is None


def said(author, text):
    return SimpleNamespace(author=author, text=text)
