/** A confirmation card: what exactly would happen, and afterwards what became of it. */

import { el } from "./dom.js";
import { say } from "./strings.js";

export class Card {
  #decide; #node; #choices; #words;

  /** @param {Object} action the wire's `action` @param {(verb: string) => Promise<{state: string}>} decide */
  constructor(action, decide) {
    this.#decide = decide;
    const { title, rows = [], confirm_label: yes, cancel_label: no } = action.card;
    this.#choices = el("div", { class: "choices" },
      el("button", { type: "button", class: "solid", onclick: () => this.#choose("confirm") }, yes || say("confirm")),
      el("button", { type: "button", class: "outline", onclick: () => this.#choose("cancel") }, no || say("cancel")));
    this.#words = el("p", { role: "status" });
    this.#node = el("section", { class: "card", "aria-label": title },
      el("div", { class: "title" }, title),
      rows.length ? el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))])) : null,
      this.#choices, this.#words);
    this.show(action.state, action.card.note);
  }

  get node() {
    return this.#node;
  }

  /** Say what state the run is in; only a proposed one can be decided. */
  show(state, note) {
    const isOpen = state === "proposed";
    this.#choices.hidden = !isOpen;
    this.#words.textContent = isOpen && note ? `${note} ${say(state)}` : note || say(state);
    this.#words.classList.toggle("problem", !note && ["failed", "unknown"].includes(state));
  }

  async #choose(verb) {
    const buttons = [...this.#choices.children];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      this.show((await this.#decide(verb)).state);
    } catch (problem) {
      this.#words.textContent = problem.message || say("offline");
      this.#words.classList.add("problem");
      buttons.forEach((button) => { button.disabled = false; });
    }
  }
}
