/** Where the visitor writes. What was typed is never lost: it is emptied only once it is on its way. */

import { el, icon } from "./dom.js";
import { say } from "./strings.js";

const LONGEST = 8000;

export class Composer {
  #box; #button; #node; #send;

  /** @param {(text: string) => void} send */
  constructor(send) {
    this.#send = send;
    this.#box = el("textarea", {
      rows: 1, maxlength: LONGEST, placeholder: say("write"), "aria-label": say("write"),
      oninput: () => this.#weigh(), onkeydown: (event) => this.#key(event),
    });
    this.#button = el("button", { type: "submit", class: "send", "aria-label": say("send"), disabled: true }, icon("send"));
    this.#node = el("form", { onsubmit: (event) => { event.preventDefault(); this.#go(); } }, this.#box, this.#button);
  }

  get node() {
    return this.#node;
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#go();
  }

  #weigh() {
    this.#button.disabled = !this.#box.value.trim();
  }

  #go() {
    const text = this.#box.value.trim();
    if (!text) return;
    this.#box.value = "";
    this.#weigh();
    this.#send(text);
  }
}
