/** The calls of the widget protocol: no cookies, no preflight. The token is kept once a visitor has opened. */

/** A refusal in the server's words. `status` 0: it was not reached; `after_s`: when to ask again, where that was said. */
export class Refusal extends Error {
  constructor(status, detail, code = "", after_s = 0) {
    super(detail);
    this.after_s = after_s;
    this.status = status;
    this.code = code;
    this.final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  }
}

export class Client {
  #base; #agent; #preview; #token = null; #key;

  constructor({ base, agent, preview }) {
    [this.#base, this.#agent, this.#preview] = [base, agent, preview];
    this.#key = `berrydesk:${agent}`;
  }

  async open(fresh = false) {
    const token = this.#token ?? this.#stored();
    const opened = await this.call("open", { token, preview: this.#preview, fresh });
    this.#keep(opened.token);
    return opened;
  }

  /** POST and the JSON answer. Throws Refusal. */
  async call(path, body = {}) {
    return (await this.#post(path, body)).json();
  }

  events(after, signal) {
    return this.#post("events", { after }, signal);
  }

  get hasOpened() {
    return this.#token !== null;
  }

  /** The owner's site vouches for the visitor. True when somebody else spoke here before, whose words stay theirs. */
  async identify(jwt) {
    const answer = await this.call("identify", { jwt });
    this.#keep(answer.token);
    return answer.is_another;
  }

  /** The visitor's e-mail address, as they typed it. */
  async leaveEmail(email) {
    const answer = await this.call("email", { email, client_id: `email-${Date.now()}-${Math.random()}` });
    this.#keep(answer.token);
    return answer;
  }

  async #post(path, body, signal) {
    const answer = await fetch(`${this.#base}/widget/${encodeURIComponent(this.#agent)}/${path}`, {
      method: "POST", credentials: "omit", signal, headers: { "Content-Type": "text/plain;charset=UTF-8" },
      body: JSON.stringify({ token: this.#token, page: location.href, ...body }),
    }).catch((problem) => {
      throw signal?.aborted ? problem : new Refusal(0, "");
    });
    if (!answer.ok) {
      const told = await answer.json().catch(() => ({})); // a proxy's page is no problem document
      throw new Refusal(answer.status, told.detail ?? "", told.type?.split(":").at(-1), Number(answer.headers.get("Retry-After")) || 0);
    }
    return answer;
  }

  #stored() {
    if (this.#preview) return null;
    try {
      return localStorage.getItem(this.#key);
    } catch {
      return null; // private mode: the conversation lasts as long as the page
    }
  }

  #keep(token) {
    this.#token = token;
    if (this.#preview) return;
    try {
      localStorage.setItem(this.#key, token);
    } catch {
      // Private mode: see above.
    }
  }
}
