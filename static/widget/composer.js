/** Where the visitor writes. What was typed is never lost: it is emptied only once it is on its way. */

import { el, icon } from "./dom.js";
import { say } from "./strings.js";

const LONGEST = 8000;

export class Composer {
  #box; #button; #node; #send; #draft; #isReady = false; #isEager = false;

  /** @param {(text: string) => void} send @param {import('./draft.js').Draft} draft */
  constructor(send, draft) {
    [this.#send, this.#draft] = [send, draft];
    this.#box = el("textarea", {
      rows: 1, maxlength: LONGEST, oninput: () => this.#typed(), onkeydown: (event) => this.#key(event),
    });
    this.#button = el("button", { type: "submit", class: "send", disabled: true }, icon("send"));
    this.#node = el("form", { onsubmit: (event) => { event.preventDefault(); this.#go(); } }, this.#box, this.#button);
    this.#box.value = draft.text;
  }

  get node() {
    return this.#node;
  }

  /** Name the box and the button in the language spoken now. */
  speak() {
    this.#box.placeholder = this.#box.ariaLabel = say("write");
    this.#button.ariaLabel = say("send");
  }

  /** From now on messages can be sent. */
  ready() {
    this.#isReady = true;
    this.#weigh();
  }

  /** What was sent before anybody could take it goes now. */
  goOn() {
    if (this.#isEager) this.#go();
  }

  /** Text that could not be sent stands here again. */
  giveBack(text) {
    this.#box.value = [text, this.#box.value].filter(Boolean).join("\n");
    this.#typed();
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#go();
  }

  #typed() {
    this.#draft.text = this.#box.value;
    this.#isEager = false;
    this.#weigh();
  }

  #weigh() {
    this.#button.disabled = !this.#isReady || !this.#box.value.trim();
  }

  #go() {
    const text = this.#box.value.trim();
    this.#isEager = !this.#isReady;
    if (!text || this.#isEager) return;
    this.#box.value = "";
    this.#send(text); // keeps it before the draft forgets it
    this.#typed();
  }
}
