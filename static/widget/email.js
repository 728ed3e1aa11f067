/** Asks for the visitor's e-mail address, when an action has to know it. */

import { el } from "./dom.js";
import { say } from "./strings.js";

export class Email {
  #node; #field; #button; #words; #leave;

  /** @param {(email: string) => Promise<void>} leave */
  constructor(leave) {
    this.#leave = leave;
    this.#field = el("input", { type: "email", required: true, maxlength: 254, autocomplete: "email", "aria-label": say("email"), placeholder: say("email") });
    this.#button = el("button", { type: "submit", class: "solid" }, say("email_send"));
    this.#words = el("p", { role: "status", class: "problem" });
    const form = el("form", { onsubmit: (event) => { event.preventDefault(); this.#go(); } }, this.#field, this.#button);
    this.#node = el("section", { class: "card ask", "aria-label": say("email") }, form, this.#words);
  }

  get node() {
    return this.#node;
  }

  async #go() {
    this.#button.disabled = true;
    try {
      await this.#leave(this.#field.value);
    } catch (problem) {
      this.#words.textContent = problem.message || say("offline");
      this.#button.disabled = false;
    }
  }
}
