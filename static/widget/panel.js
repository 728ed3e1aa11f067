/** The panel: opens, carries the conversation, closes. The wizard's preview and the hosted page mount it too. */

import { Client } from "./client.js";
import { pageIsDark, readable, textOn } from "./color.js";
import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { Draft } from "./draft.js";
import { direction, say, speak } from "./strings.js";
import { Stream } from "./stream.js";
import { dress } from "./style.js";
import { Thread } from "./thread.js";

const PHONE = "(max-width: 480px)";

/** The panel beside a launcher, in the launcher's shadow root. */
export function attach(root, options) {
  return new Panel(root, options);
}

/** The panel inside a page of ours; `berrydesk:look` on the element changes its look live, over `options.look`. */
export function mount(element, options) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  const panel = new Panel(root, { ...options, inline: true });
  element.addEventListener("berrydesk:look", (event) => panel.look(event.detail));
  panel.open();
  return panel;
}

/** "JB" for Jonas Brandt. */
function initials(name) {
  return name.trim().split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}

class Panel {
  #root; #options; #client; #node; #thread; #composer; #stream; #agent; #welcome; #notice; #face; #who; #title; #person;
  #state = "agent"; #ends = new AbortController(); #opening; #draft; #isSending = false; #isOver = false; #unsent = null; #later;

  constructor(root, options) {
    [this.#root, this.#options] = [root, options];
    this.#client = new Client(options);
    this.#draft = new Draft(options.agent, !options.preview);
    dress(root);
    addEventListener("online", () => this.#unsent && this.#deliver(), { signal: this.#ends.signal });
  }

  get isOpen() {
    return Boolean(this.#node) && !this.#node.hidden;
  }

  async open() {
    this.#options.launcher?.setAttribute("aria-expanded", "true");
    if (this.#options.launcher) this.#options.launcher.hidden = true;
    if (!this.#node) await (this.#opening ??= this.#begin().finally(() => { this.#opening = null; }));
    this.#node.hidden = false;
    if (!this.#options.inline) this.#composer?.focus();
    this.#options.emit?.("open");
  }

  /** What was typed on the page that this panel replaces goes on here. */
  take(text, isTyping) {
    if (text) this.#composer.giveBack(text);
    if (isTyping) this.#composer.focus();
  }

  close() {
    if (!this.isOpen || this.#options.inline) return;
    this.#node.hidden = true;
    const { launcher } = this.#options;
    launcher.hidden = this.#isOver;
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
    this.#options.emit?.("close");
  }

  shutdown() {
    this.#ends.abort();
    clearTimeout(this.#later);
    this.#stream?.stop();
    this.#node?.remove();
  }

  /** The owner's site says who this is; before the chat was opened, the proof waits. */
  async identify(jwt) {
    if (!jwt || !this.#client.hasOpened) return;
    try {
      if (await this.#client.identify(jwt)) await this.#again();
    } catch (problem) {
      this.#tell(problem.message || say("offline"), say("retry"), () => this.identify(jwt));
    }
  }

  /** Take on a name, colour, greeting, questions or theme; what is left out stays. */
  look(change) {
    this.#agent = { ...this.#agent, ...change };
    const { name, color, theme, greeting, questions } = this.#agent;
    const isDark = theme === "dark" || (theme !== "light" && pageIsDark());
    const host = this.#root.host;
    host.setAttribute("data-theme", isDark ? "dark" : "light");
    for (const [key, value] of [["brand", color], ["on-brand", textOn(color)], ["accent", readable(color, isDark)]]) {
      host.style.setProperty(`--bd-${key}`, value); // through the object model: CSP has no say in it
    }
    if (!this.#node) return;
    this.#node.setAttribute("aria-label", name);
    this.#welcome.replaceChildren(
      el("p", { class: "greeting", dir: "auto" }, greeting || say("hello")),
      el("ul", { class: "questions" }, ...(questions ?? []).filter(Boolean).map((question) => el("li", {},
        el("button", { type: "button", onclick: () => this.#say(question) }, el("span", { dir: "auto" }, question), icon("arrow"))))));
    this.#show(this.#state, null);
  }

  async #begin() {
    const { signal } = this.#ends;
    await speak(document.documentElement.lang || navigator.language, { signal }).catch(() => {}); // English stays
    this.#draft.recall();
    this.#build({ name: "Chat", color: this.#options.color ?? "#8a1c4a", greeting: "", theme: "page" });
    this.#person.disabled = this.#welcome.hidden = true; // until the server said who greets
    this.#meet(); // meanwhile the panel is shown, and takes what is typed
  }

  /** Ask the server who answers here and what was said; on failure say so, with a button. */
  async #meet(fresh = false) {
    this.#tell("");
    this.#thread.status(say("loading"));
    try {
      const { agent, conversation } = await this.#client.open(fresh);
      const language = document.documentElement.lang || agent.language;
      await speak(language, { signal: this.#ends.signal }).catch(() => {}); // English stays
      this.#build(agent, language);
      this.#recall(conversation);
      this.#composer.ready();
    } catch (problem) {
      this.#thread.status("");
      this.#isOver = problem.code === "taken_back";
      if (this.#isOver) { // nobody answers on this website any more: no composer now, no launcher afterwards
        this.#composer.node.hidden = this.#person.hidden = this.#welcome.hidden = true;
        this.#tell(problem.message);
      } else this.#tell(problem.message || say("failed_open"), say("retry"), () => this.#meet(fresh));
      return;
    }
    await this.identify(this.#options.proof?.());
    for (const [id, text] of this.#draft.pending) this.#thread.message({ id, author: "visitor", text, isUnsure: true });
    if (this.#draft.pending.size) await this.#deliver();
    this.#composer.goOn();
  }

  #recall(conversation) {
    if (!conversation) return;
    for (const told of conversation.messages) this.#thread.message(told);
    for (const told of conversation.actions ?? []) this.#thread.action(told);
    if (conversation.wants_email) this.#thread.email_wanted();
    if (conversation.messages.length) this.#begun();
    this.#show(conversation.state, conversation.person);
    this.#follow(conversation.last_event_id);
  }

  /** The panel in this language. Where the visitor may be typing already, the composer stays in its place. */
  #build(agent, language = document.documentElement.lang || "en") {
    const { inline, position = "right" } = this.#options;
    if (!this.#node) {
      this.#composer = new Composer((text) => this.#say(text), this.#draft);
      this.#node = el("div", {
        class: `panel ${inline ? "inline" : position}`, role: "dialog", hidden: !inline, onkeydown: (event) => this.#key(event),
      }, this.#composer.node);
      this.#root.append(this.#node);
    }
    const composer = this.#composer.node;
    while (composer.previousSibling) composer.previousSibling.remove();
    this.#composer.speak();
    [this.#node.lang, this.#node.dir] = [language, direction(language)];
    this.#face = el("div", { class: "face", "aria-hidden": "true" });
    this.#title = el("b");
    this.#who = el("span");
    this.#person = el("button", { type: "button", class: "person", onclick: () => this.#switch() });
    this.#welcome = el("div", { class: "welcome" });
    this.#notice = el("div", { class: "notice", role: "status", hidden: true });
    const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("log") }, this.#welcome);
    this.#thread = new Thread(scroll, (run, verb) => this.#client.call(`runs/${run}/${verb}`), (email) => this.#leave(email));
    composer.before(el("header", {}, this.#face, el("div", { class: "who" }, this.#title, this.#who), this.#person,
      inline ? null : el("button", { type: "button", class: "plain", "aria-label": say("close"), onclick: () => this.close() }, icon("close"))),
    scroll, this.#notice);
    this.look({ ...agent, ...this.#options.look });
  }

  /** Who speaks, in the header, and what the button beside it does. */
  #show(state, person) {
    this.#state = state;
    const isOurs = state === "agent" || state === "closed";
    const name = state === "human" && person ? person.name : this.#agent.name;
    this.#title.textContent = name;
    this.#who.textContent = say({ waiting: "waiting", human: "team" }[state] ?? "ai");
    const label = isOurs ? say("person") : say("back", { name: this.#agent.name });
    this.#person.setAttribute("aria-label", label); // which begins or ends with what little fits a narrow header
    this.#person.replaceChildren(...(isOurs ? [label] : [el("span", { class: "short" }, say("back_short")), el("span", { class: "long" }, label)]));
    this.#face.replaceChildren(initials(name));
    if (isOurs && this.#agent.logo_url) this.#picture(this.#agent.logo_url);
    this.#composer.node.hidden = state === "closed";
    if (state === "closed") this.#tell(say("closed"), say("again"), () => this.#again());
  }

  /** The logo where the page's policy lets it load; the initial stays otherwise. */
  #picture(url) {
    const picture = el("img", { alt: "", src: new URL(url, this.#options.base).href });
    picture.addEventListener("load", () => this.#face.replaceChildren(picture), { once: true });
  }

  #again() {
    this.#state = "agent";
    this.#stream?.stop();
    this.#stream = null;
    this.#thread.clear();
    this.#unsent = null; // what waits is sent once the new conversation stands
    clearTimeout(this.#later);
    return this.#meet(true);
  }

  /** The first questions make room for the conversation; the greeting stays as its first words. */
  #begun() {
    this.#welcome.classList.add("past");
  }

  #say(text) {
    this.#begun();
    const clientId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`; // plain http has no randomUUID
    this.#draft.add(clientId, text);
    this.#thread.message({ id: clientId, author: "visitor", text, isUnsure: true });
    return this.#deliver();
  }

  /** Send what is unsent, in order; one failure stops the rest until somebody presses the button, or the limit lets go. */
  async #deliver() {
    if (this.#isSending) return; // the loop below finds what was added meanwhile
    this.#isSending = true;
    this.#unsent = null;
    clearTimeout(this.#later);
    this.#thread.status(this.#state === "agent" ? say("working") : "");
    try {
      for (const [clientId, text] of this.#draft.pending) await this.#send(clientId, text);
      this.#tell("");
    } catch (problem) {
      this.#thread.status("");
      const told = [`${say("unsent")} ${problem.message}`, ...(problem.final ? [] : [say("retry"), () => this.#deliver()])];
      this.#unsent = problem.final ? null : told;
      this.#tell(...told);
      if (problem.after_s && !problem.final) this.#later = setTimeout(() => this.#deliver(), problem.after_s * 1000);
    } finally {
      this.#isSending = false;
      this.#thread.unsent(this.#draft.pending);
    }
  }

  async #send(clientId, text) {
    try {
      const { message, after } = await this.#client.call("messages", { text, client_id: clientId, attributes: this.#options.facts?.() });
      this.#draft.remove(clientId);
      this.#thread.message({ ...message, client_id: clientId });
      this.#follow(after);
    } catch (problem) {
      if (problem.final) { // it would be refused again: back to where it can be changed
        this.#draft.remove(clientId);
        this.#thread.remove(clientId);
        this.#composer.giveBack(text);
      }
      throw problem;
    }
  }

  /** The address an action asked for: claimed, not proved. The agent goes on with what it was asked for. */
  async #leave(email) {
    const { message, after } = await this.#client.leaveEmail(email);
    this.#thread.email_left();
    this.#thread.message(message);
    this.#follow(after);
  }

  async #switch() {
    const path = this.#state === "agent" || this.#state === "closed" ? "person" : "back";
    // What has ended stays so: people come into a new conversation, of which the old line would not tell.
    if (this.#state === "closed") await this.#again();
    this.#person.disabled = true;
    try {
      const { after } = await this.#client.call(path, {});
      this.#begun();
      this.#follow(after);
    } catch (problem) {
      this.#tell(problem.message || say("offline"), say("retry"), () => this.#switch());
    } finally {
      this.#person.disabled = false;
    }
  }

  #follow(after) {
    if (this.#stream) return;
    this.#stream = new Stream(
      (last, signal) => this.#client.events(last, signal),
      (name, told) => this.#hear(name, told),
      (isUp, problem) => this.#tell(isUp ? "" : problem?.final ? problem.message : say(navigator.onLine ? "connecting" : "offline")));
    this.#stream.follow(after);
  }

  #hear(name, told) {
    if (name === "handoff") this.#handoff(told);
    else if (name === "error") this.#tell(told.text);
    else if (name === "status") this.#thread.status(told.text);
    else if (["message", "delta", "restart", "citations", "action", "done", "email_wanted", "email_left"].includes(name)) this.#thread[name](told);
    if (name === "message" && told.author !== "visitor" && !told.streaming) {
      this.#thread.status("");
      this.#thread.announce(told.text);
    }
    this.#options.emit?.(name, told);
  }

  #handoff({ state, person }) {
    this.#thread.status("");
    this.#show(state, person);
  }

  /** A notice above the composer, with what to press; empty takes it away, or brings back what is said of unsent words. */
  #tell(words, label, press) {
    if (!words && this.#state === "closed") return;
    if (!words && this.#unsent) [words, label, press] = this.#unsent;
    this.#notice.hidden = !words;
    this.#notice.replaceChildren(...(words ? [el("span", {}, words)] : []),
      ...(label ? [el("button", { type: "button", class: "outline", onclick: press }, label)] : []));
  }

  /** Escape closes; on phones, where the panel is all there is, Tab stays inside. */
  #key(event) {
    event.stopPropagation(); // the page's own shortcuts are not meant while somebody types here
    if (event.key === "Escape") this.close();
    if (event.key !== "Tab" || this.#options.inline || !matchMedia(PHONE).matches) return;
    const stops = [...this.#node.querySelectorAll("button:enabled,textarea,input,a[href],[tabindex='0']")]
      .filter((stop) => stop.getClientRects().length);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (this.#root.activeElement === from) {
      event.preventDefault();
      to.focus();
    }
  }
}
