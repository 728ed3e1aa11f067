/** What the widget says. English is complete here; other languages are fetched only when needed. */

const ENGLISH = {
  hello: "Hello. How can we help?", ai: "AI assistant", person: "Talk to a person", back: "Back to {name}", back_short: "Back", close: "Close chat", send: "Send",
  write: "Write a message", log: "Conversation", you: "You", sources: "Sources", source: "Source {n}: {title}",
  open_page: "Open the page", working: "Working on it", connecting: "Connection lost. Trying again…",
  offline: "You are offline. Your conversation goes on as soon as you are connected.",
  unsent: "Your message was not sent.", not_sent: "Not sent", retry: "Try again", failed_open: "The chat could not be opened. Check your connection, then press Try again.",
  waiting: "A person has been asked to join", team: "Team", closed: "This conversation has ended.",
  again: "Start a new conversation", confirm: "Confirm",
  cancel: "Cancel", proposed: "Nothing happens until you press the button.", confirmed: "Confirmed.", awaiting_approval: "A person checks this first. You will be told here.",
  running: "Being done now.", succeeded: "Done.", failed: "This did not work. Nothing was changed.",
  unknown: "It is not yet certain whether this worked. It is being checked; please do not repeat it.",
  rejected: "Cancelled. Nothing was changed.", expired: "This offer has run out. Ask again if you still want it.",
  loading: "Loading the conversation", email: "Your e-mail address", email_send: "Leave it",
};

const OFFERED = ["de", "es", "fr", "pt", "ja", "zh", "ar"];
const RIGHT_TO_LEFT = ["ar", "he", "fa", "ur"];

let words = ENGLISH;

/** The words for `key`, with `{facts}` filled in. */
export function say(key, facts = {}) {
  return (words[key] ?? ENGLISH[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

/** "rtl" or "ltr" for a language tag. */
export function direction(language) {
  return RIGHT_TO_LEFT.includes(language.slice(0, 2).toLowerCase()) ? "rtl" : "ltr";
}

/** From now on `say` speaks this language where we have it; English otherwise. */
export async function speak(language, { signal } = {}) {
  const short = (language || "en").slice(0, 2).toLowerCase();
  words = ENGLISH;
  if (!OFFERED.includes(short)) return;
  const answer = await fetch(new URL(`strings/${short}.json`, import.meta.url), { credentials: "omit", signal });
  if (answer.ok) words = await answer.json();
}
