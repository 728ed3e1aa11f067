/** The conversation's events: read from a fetch, resumed behind the last id until told to stop. */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const SHORT_MS = 1000; // a line that ends sooner is not opened again at once
const SILENCE_MS = 40000; // heartbeats come every 15 s: beyond this the line is dead

export class Stream {
  #connect; #onEvent; #onLine; #after; #stop = new AbortController(); #wake = () => {};

  /**
   * @param {(after: string, signal: AbortSignal) => Promise<Response>} connect
   * @param {(name: string, data: Object) => void} onEvent
   * @param {(isUp: boolean) => void} onLine told when the line goes down or comes back
   */
  constructor(connect, onEvent, onLine) {
    [this.#connect, this.#onEvent, this.#onLine] = [connect, onEvent, onLine];
  }

  /** Follow from behind `after` until `stop`. */
  async follow(after) {
    this.#after = String(after ?? "0");
    const { signal } = this.#stop;
    addEventListener("online", () => this.#wake(), { signal });
    let wait = FIRST_WAIT_MS;
    while (!signal.aborted) {
      try {
        const began = Date.now();
        await this.#once(() => { wait = FIRST_WAIT_MS; });
        if (Date.now() - began < SHORT_MS) await this.#pause(SHORT_MS);
      } catch (problem) {
        if (signal.aborted) return;
        this.#onLine(false, problem);
        if (problem.final) return;
        await this.#pause(wait * (0.75 + Math.random() / 2));
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      }
    }
  }

  stop() {
    this.#stop.abort();
    this.#wake();
  }

  async #once(onWord) {
    const line = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, line.signal]);
    let timer = setTimeout(() => line.abort(), SILENCE_MS);
    try {
      const answer = await this.#connect(this.#after, signal);
      this.#onLine(true);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => line.abort(), SILENCE_MS);
        onWord();
        const blocks = (rest + part.value).replace(/\r\n/g, "\n").split("\n\n");
        rest = blocks.pop(); // an event that was cut off is sent again behind the last id
        blocks.forEach((block) => this.#read(block));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #read(block) {
    let [name, id, data] = ["message", null, ""];
    for (const line of block.split("\n")) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      else if (line.startsWith("id:")) id = line.slice(3).trim();
      else if (line.startsWith("data:")) data += line.slice(5).trim();
    }
    if (!data) return; // a heartbeat
    this.#onEvent(name, JSON.parse(data));
    if (id) this.#after = id;
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
