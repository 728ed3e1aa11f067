/** What is typed or not yet delivered: it outlives a reload of the page, in this tab only. */

export class Draft {
  #key; #isKept; #text = ""; #pending = new Map();

  /** @param {string} agent @param {boolean} isKept false for the owner's own try-outs */
  constructor(agent, isKept) {
    [this.#key, this.#isKept] = [`berrydesk:draft:${agent}`, isKept];
  }

  /** Take up what an earlier page of this tab left. Only after a visitor opened the chat. */
  recall() {
    if (!this.#isKept) return;
    try {
      const { text = "", pending = [] } = JSON.parse(sessionStorage.getItem(this.#key) ?? "{}");
      this.#text ||= text;
      for (const [id, words] of pending) this.#pending.set(id, words);
    } catch {
      // Private mode, or another page's value: nothing is recalled.
    }
  }

  get text() {
    return this.#text;
  }

  set text(words) {
    this.#text = words;
    this.#keep();
  }

  /** Messages on their way, oldest first, as [client id, text]. */
  get pending() {
    return this.#pending;
  }

  add(id, words) {
    this.#pending.set(id, words);
    this.#keep();
  }

  remove(id) {
    this.#pending.delete(id);
    this.#keep();
  }

  #keep() {
    if (!this.#isKept) return;
    try {
      if (this.#text || this.#pending.size) {
        sessionStorage.setItem(this.#key, JSON.stringify({ text: this.#text, pending: [...this.#pending] }));
      } else {
        sessionStorage.removeItem(this.#key);
      }
    } catch {
      // Private mode: it lasts as long as the page.
    }
  }
}
