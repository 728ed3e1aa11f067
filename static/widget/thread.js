/** The messages, in order, each drawn once however often it is told. */

import { Card } from "./card.js";
import { Email } from "./email.js";
import { el, icon, safeUrl } from "./dom.js";
import { render } from "./markup.js";
import { say } from "./strings.js";

const NEAR_END_PX = 80;

/** A source's title, and where in it the quote stands. */
const whole = ({ title, place }) => (place ? `${title}, ${place}` : title);

export class Thread {
  #scroll; #log; #status; #aloud; #entries = new Map(); #cards = new Map(); #decide; #leave; #email = null; #isAtEnd = true;

  /**
   * @param {HTMLElement} scroll @param {(run: string, verb: string) => Promise<Object>} decide
   * @param {(email: string) => Promise<void>} leave
   */
  constructor(scroll, decide, leave) {
    [this.#scroll, this.#decide, this.#leave] = [scroll, decide, leave];
    this.#log = el("div", { class: "log", role: "log", "aria-live": "off", "aria-label": say("log") });
    this.#status = el("div", { class: "status", hidden: true });
    this.#aloud = el("div", { class: "sr", "aria-live": "polite" });
    scroll.append(this.#log, this.#status, this.#aloud);
    scroll.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = scroll;
      this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    }, { passive: true });
    new ResizeObserver(() => this.#follow()).observe(this.#log); // it grew, or the panel was opened
  }

  get isEmpty() {
    return this.#entries.size === 0;
  }

  /** A message that was refused for good is not part of the conversation. */
  remove(id) {
    this.#entries.get(id)?.node.remove();
    this.#entries.delete(id);
  }

  /** Messages in `pending`, by their client ids, say that they were not sent; the others no longer do. */
  unsent(pending) {
    for (const [id, entry] of this.#entries) {
      entry.late?.remove();
      entry.late = pending.has(id) ? el("small", {}, say("not_sent")) : null;
      entry.node.classList.toggle("unsent", pending.has(id));
      if (entry.late) entry.node.append(entry.late);
    }
    this.#follow();
  }

  clear() {
    this.#log.replaceChildren();
    this.#entries.clear();
    this.#cards.clear();
    this.email_left();
    this.status("");
  }

  /** Show a message; one that stands there under its id or client id is brought up to date. */
  message(told) {
    const known = this.#entries.get(told.id) ?? this.#entries.get(told.client_id) ?? this.#echoed(told);
    const entry = known ?? { text: "", citations: [], body: el("div", { dir: "auto" }), ...this.#frame(told) };
    this.#entries.set(told.id, entry);
    entry.isUnsure = Boolean(told.isUnsure);
    if (!known) this.#append(entry.node, entry.isUnsure);
    if (known && told.streaming) return; // told again after a cut: the words here are as good
    Object.assign(entry, { author: told.author, text: told.text, citations: told.citations ?? [], open: null });
    entry.node.classList.toggle("streaming", Boolean(told.streaming));
    this.#draw(entry);
  }

  /** Words that follow. */
  delta({ message, text }) {
    const entry = this.#entries.get(message);
    if (!entry) return;
    entry.text += text;
    entry.node.classList.add("streaming");
    this.#draw(entry);
  }

  restart({ message }) {
    const entry = this.#entries.get(message);
    if (!entry) return;
    entry.text = "";
    this.#draw(entry);
  }

  citations({ message, citations }) {
    const entry = this.#entries.get(message);
    if (!entry) return;
    entry.citations = citations;
    this.#draw(entry);
  }

  /** The answer stands: its whole text, said aloud once. */
  done({ message, text, citations }) {
    this.status("");
    const entry = this.#entries.get(message);
    if (!entry) return;
    Object.assign(entry, { text, citations: citations ?? entry.citations });
    entry.node.classList.remove("streaming");
    this.#draw(entry);
    this.announce(entry.body.textContent);
  }

  action(told) {
    const known = this.#cards.get(told.run_id);
    if (known) {
      known.show(told.state, told.card?.note);
      return;
    }
    const card = new Card(told, (verb) => this.#decide(told.run_id, verb));
    this.#cards.set(told.run_id, card);
    this.#append(card.node);
  }

  /** An action has to know the visitor's e-mail address: a field for it stands at the end until it was left. */
  email_wanted() {
    if (this.#email) return;
    this.#email = new Email(this.#leave);
    this.#scroll.insertBefore(this.#email.node, this.#status);
    this.#follow(true);
  }

  email_left() {
    this.#email?.node.remove();
    this.#email = null;
  }

  /** One line about what is being done; empty takes it away. */
  status(words) {
    this.#status.hidden = !words;
    this.#status.replaceChildren(...(words ? [icon("clock"), words] : []));
    this.#follow();
  }

  announce(words) {
    this.#aloud.textContent = words;
  }

  /** The stream may tell of a visitor's message before the call that sent it is answered. */
  #echoed({ author, text, isUnsure }) {
    if (author !== "visitor" || isUnsure) return undefined;
    return [...this.#entries.values()].find((entry) => entry.isUnsure && entry.text === text);
  }

  #frame({ author, name }) {
    const node = el("div", { class: `message ${author}` });
    if (author === "visitor") node.append(el("span", { class: "sr" }, `${say("you")}: `));
    else if (author === "person" && name) node.append(el("div", { class: "name" }, name));
    return { node };
  }

  #draw(entry) {
    const cite = (n) => this.#mark(entry, n);
    entry.body.replaceChildren(...(entry.author === "visitor" ? [entry.text] : render(entry.text, cite)));
    entry.list?.remove();
    entry.list = entry.citations.length ? this.#sources(entry) : null;
    entry.node.append(entry.body, ...(entry.list ? [entry.list] : []));
    this.#follow();
  }

  #mark(entry, n) {
    const cited = entry.citations.find((citation) => citation.n === n);
    return cited ? this.#link(entry, cited, "cite", String(n)) : null;
  }

  /** A source is a link to its page; a plain click opens its quote here instead. */
  #link(entry, cited, kind, ...children) {
    const toggle = (event) => {
      if (event.type === "keydown" && event.key !== "Enter") return;
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      entry.open = entry.open === cited.n ? null : cited.n;
      this.#show(entry);
    };
    const href = safeUrl(cited.url);
    return el("a", {
      class: kind, role: "link", href, tabindex: href ? null : "0", target: "_blank", rel: "noopener noreferrer",
      "data-n": cited.n, "aria-expanded": String(entry.open === cited.n),
      "aria-label": say("source", { n: cited.n, title: whole(cited) }), onclick: toggle, onkeydown: href ? () => {} : toggle,
    }, ...children);
  }

  #sources(entry) {
    return el("ul", { class: "sources", "aria-label": say("sources") }, ...entry.citations.map((cited) => el("li", {},
      this.#link(entry, cited, "row", el("span", { class: "cite", "aria-hidden": "true" }, String(cited.n)), whole(cited)),
      this.#quote(entry, cited))));
  }

  #quote(entry, cited) {
    const href = safeUrl(cited.url);
    return el("div", { class: "quote", "data-quote": cited.n, hidden: entry.open !== cited.n },
      el("blockquote", { dir: "auto" }, `“${cited.quote}”`),
      href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, say("open_page"), icon("out")) : null);
  }

  #show(entry) {
    entry.node.querySelectorAll("[data-n]").forEach((link) => {
      link.setAttribute("aria-expanded", String(Number(link.dataset.n) === entry.open));
    });
    entry.node.querySelectorAll("[data-quote]").forEach((quote) => {
      quote.hidden = Number(quote.dataset.quote) !== entry.open;
      if (!quote.hidden) quote.scrollIntoView({ block: "nearest" });
    });
  }

  /** What was not sent stays below all that is said meanwhile: nobody has read it. */
  #append(node, isLast) {
    this.#log.insertBefore(node, isLast ? null : this.#log.querySelector(".unsent"));
    this.#isAtEnd = true;
    this.#follow();
  }

  /** Keep the end in sight, unless the visitor scrolled up to read. */
  #follow() {
    if (this.#isAtEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }
}
