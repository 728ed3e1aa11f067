"""The few sentences Berrydesk itself says to visitors, in their language.

Everything else a visitor reads comes from the owner's pages, a model, a plugin or a person.
"""

from apps.conversations.action_phrases import ACTION_PHRASES

LANGUAGES = ("en", "de", "es", "fr", "pt", "ja", "zh", "ar")

_PHRASES = {
    "found": {
        "en": "This is what our pages say:",
        "de": "Das steht auf unseren Seiten:",
        "es": "Esto dicen nuestras páginas:",
        "fr": "Voici ce que disent nos pages :",
        "pt": "Isto é o que dizem as nossas páginas:",
        "ja": "当社のページには次のように書かれています。",
        "zh": "我们的页面是这样说的：",
        "ar": "هذا ما تقوله صفحاتنا:",
    },
    "not_found": {
        "en": "I could not find this in our pages: “{question}”",
        "de": "Das habe ich auf unseren Seiten nicht gefunden: „{question}“",
        "es": "Esto no lo encontré en nuestras páginas: «{question}»",
        "fr": "Je n’ai pas trouvé ceci dans nos pages : « {question} »",
        "pt": "Não encontrei isto nas nossas páginas: “{question}”",
        "ja": "次のことは当社のページに見つかりませんでした。「{question}」",
        "zh": "我在我们的页面上没有找到这个：“{question}”",
        "ar": "لم أجد هذا في صفحاتنا: «{question}»",
    },
    "not_known": {
        "en": "I could not find that in our pages, so I would rather not guess. "
        "Ask in other words, or talk to a person.",
        "de": "Das habe ich auf unseren Seiten nicht gefunden, und raten möchte ich nicht. "
        "Fragen Sie mit anderen Worten, oder sprechen Sie mit einem Menschen.",
        "es": "No lo encontré en nuestras páginas y prefiero no adivinar. "
        "Pregunte con otras palabras o hable con una persona.",
        "fr": "Je ne l’ai pas trouvé dans nos pages et je préfère ne pas deviner. "
        "Posez la question autrement, ou parlez à une personne.",
        "pt": "Não encontrei isso nas nossas páginas e prefiro não adivinhar. "
        "Pergunte por outras palavras ou fale com uma pessoa.",
        "ja": "当社のページには見つかりませんでした。推測でお答えすることは控えます。"
        "別の言葉でお尋ねいただくか、担当者にご相談ください。",
        "zh": "我在我们的页面里没有找到答案，也不想猜测。请换个说法再问，或者联系人工客服。",
        "ar": "لم أجد ذلك في صفحاتنا، ولا أريد أن أخمّن. اسأل بكلمات أخرى، أو تحدّث إلى شخص.",
    },
    "nothing_learned": {
        "en": "I have not been given any pages to read yet. Please talk to a person.",
        "de": "Ich habe noch keine Seiten zum Lesen bekommen. Bitte sprechen Sie mit einem Menschen.",
        "es": "Todavía no me han dado páginas para leer. Hable con una persona, por favor.",
        "fr": "On ne m’a pas encore donné de pages à lire. Parlez à une personne, s’il vous plaît.",
        "pt": "Ainda não recebi páginas para ler. Fale com uma pessoa, por favor.",
        "ja": "まだ読むページがありません。担当者にご相談ください。",
        "zh": "我还没有可以阅读的页面。请联系人工客服。",
        "ar": "لم أُعطَ أي صفحات لأقرأها بعد. من فضلك تحدّث إلى شخص.",
    },
    "hello": {
        "en": "Hello. What would you like to know?",
        "de": "Hallo. Was möchten Sie wissen?",
        "es": "Hola. ¿Qué le gustaría saber?",
        "fr": "Bonjour. Que souhaitez-vous savoir ?",
        "pt": "Olá. O que gostaria de saber?",
        "ja": "こんにちは。何をお知りになりたいですか。",
        "zh": "您好。您想了解什么？",
        "ar": "مرحبًا. ماذا تودّ أن تعرف؟",
    },
    "page": {
        "en": "page {n}",
        "de": "Seite {n}",
        "es": "página {n}",
        "fr": "page {n}",
        "pt": "página {n}",
        "ja": "{n}ページ",
        "zh": "第{n}页",
        "ar": "صفحة {n}",
    },
    "slide": {
        "en": "slide {n}",
        "de": "Folie {n}",
        "es": "diapositiva {n}",
        "fr": "diapositive {n}",
        "pt": "diapositivo {n}",
        "ja": "スライド{n}",
        "zh": "第{n}张幻灯片",
        "ar": "شريحة {n}",
    },
    "welcome": {
        "en": "You are welcome.",
        "de": "Gern geschehen.",
        "es": "De nada.",
        "fr": "Avec plaisir.",
        "pt": "De nada.",
        "ja": "どういたしまして。",
        "zh": "不客气。",
        "ar": "على الرحب والسعة.",
    },
    "person_called": {
        "en": "I have asked a person to take over. They see everything you wrote and will answer here.",
        "de": "Ich habe einen Menschen dazugeholt. Alles, was Sie geschrieben haben, ist zu sehen; "
        "die Antwort kommt hier.",
        "es": "He pedido que le atienda una persona. Verá todo lo que escribió y responderá aquí.",
        "fr": "J’ai demandé à une personne de prendre le relais. Elle voit tout ce que vous avez écrit "
        "et répondra ici.",
        "pt": "Pedi a uma pessoa que o atenda. Ela vê tudo o que escreveu e responderá aqui.",
        "ja": "担当者に引き継ぎました。これまでの内容をすべて確認のうえ、こちらでお答えします。",
        "zh": "我已请人工客服接手。他们能看到您写的全部内容，并会在这里回复。",
        "ar": "طلبتُ من شخص أن يتولّى الأمر. سيرى كل ما كتبته ويجيبك هنا.",
    },
    "person_joined": {
        "en": "{name} joined.",
        "de": "{name} ist jetzt da.",
        "es": "{name} se ha unido.",
        "fr": "{name} a rejoint la conversation.",
        "pt": "{name} entrou na conversa.",
        "ja": "{name}が参加しました。",
        "zh": "{name} 已加入。",
        "ar": "انضمّ {name}.",
    },
    "agent_back": {
        "en": "{name} is back and can answer again.",
        "de": "{name} ist wieder da und antwortet.",
        "es": "{name} vuelve a responder.",
        "fr": "{name} est de retour et répond à nouveau.",
        "pt": "{name} voltou e pode responder.",
        "ja": "{name}が再びお答えします。",
        "zh": "{name} 已回来，可以继续回答。",
        "ar": "عاد {name} ويمكنه الإجابة من جديد.",
    },
    "resolved": {
        "en": "This conversation has ended. Write again at any time.",
        "de": "Dieses Gespräch ist beendet. Sie können jederzeit wieder schreiben.",
        "es": "Esta conversación ha terminado. Puede volver a escribir cuando quiera.",
        "fr": "Cette conversation est terminée. Vous pouvez réécrire à tout moment.",
        "pt": "Esta conversa terminou. Pode escrever de novo quando quiser.",
        "ja": "この会話は終了しました。いつでもまたお書きください。",
        "zh": "本次对话已结束。您可以随时再次留言。",
        "ar": "انتهت هذه المحادثة. يمكنك الكتابة مجددًا في أي وقت.",
    },
    "confirm_first": {
        "en": "Please check this.",
        "de": "Bitte prüfen Sie das.",
        "es": "Por favor, compruébelo.",
        "fr": "Veuillez vérifier.",
        "pt": "Verifique, por favor.",
        "ja": "内容をご確認ください。",
        "zh": "请核对。",
        "ar": "يُرجى التحقّق.",
    },
    "reading": {
        "en": "Reading our pages",
        "de": "Liest unsere Seiten",
        "es": "Leyendo nuestras páginas",
        "fr": "Lecture de nos pages",
        "pt": "A ler as nossas páginas",
        "ja": "ページを読んでいます",
        "zh": "正在阅读我们的页面",
        "ar": "يقرأ صفحاتنا",
    },
    "looking_up": {
        "en": "Looking that up",
        "de": "Sieht nach",
        "es": "Consultándolo",
        "fr": "Vérification en cours",
        "pt": "A consultar",
        "ja": "確認しています",
        "zh": "正在查询",
        "ar": "يبحث عن ذلك",
    },
}


def supported(language):
    """The language of ours that serves ``language`` (a BCP 47 tag): itself, or English."""
    short = (language or "en").lower().split("-")[0]
    return short if short in LANGUAGES else "en"


def phrase(key, language, **facts):
    """One sentence in the visitor's language. Raises KeyError for a sentence that does not exist."""
    return (_PHRASES.get(key) or ACTION_PHRASES[key])[supported(language)].format(**facts)
