/** ``data-editor``: a document is corrected as it is read, without the marks of its Markdown; the form sends Markdown. */

import { pieces } from "./markdown.js";

/** What was not touched keeps its own Markdown to the letter, and so does what stands between and below the blocks. */
class Editor {
  #field;
  #page;
  #lines;
  #known = new Map();
  #range = null;
  #sent = false;
  /** Lines before each block, and those below the last one: addresses of links stand there, say. */
  #gaps = [];
  #last = 0;
  #untouched;

  constructor(box) {
    this.box = box;
    this.#field = box.querySelector("textarea");
    this.#page = box.querySelector("[data-editor-page]");
    this.#lines = this.#field.value.split("\n");
    [...this.#page.children].forEach((node, n) => {
      let [start, end] = node.dataset.lines.split("-").map(Number);
      while (end > start + 1 && !this.#lines[end - 1].trim()) end -= 1;
      delete node.dataset.lines;
      this.#gaps.push(this.#lines.slice(this.#last, start));
      this.#last = end;
      this.#known.set(node, { n, start, end, copy: node.cloneNode(true) });
    });
    this.#gaps.push(this.#lines.slice(this.#last));
    this.#untouched = this.text();
    document.execCommand("defaultParagraphSeparator", false, "p");
    box.classList.add("editor-ready");
    box.closest("form").querySelector(`label[for="${this.#field.id}"]`).removeAttribute("for");
    box.addEventListener("mousedown", (event) => event.target.closest("[data-do]") && event.preventDefault());
    box.addEventListener("click", (event) => this.#press(event.target.closest("[data-do]")?.dataset.do));
    box.querySelector("[data-editor-address]").addEventListener("keydown", (event) => this.#typeAddress(event));
    this.#page.addEventListener("keydown", (event) => this.#type(event));
    this.#page.addEventListener("beforeinput", () => this.#leaveNext());
    this.#page.addEventListener("paste", (event) => this.#paste(event));
    document.addEventListener("selectionchange", () => this.#show());
    this.#show();
    this.#field.form.addEventListener("submit", () => { this.#sent = true; this.#put(); });
    addEventListener("beforeunload", (event) => { if (!this.#sent && this.text() !== this.#untouched) event.preventDefault(); });
  }

  /** What was not touched is sent as it came. */
  #put() {
    const text = this.text();
    if (text !== this.#untouched) this.#field.value = text;
  }

  /** The whole document as Markdown. */
  text() {
    let whole = "";
    let told = 0;
    let before = { n: -1, same: true };
    /** Lines up to a block, word for word where both of its neighbours are as they were. */
    const tell = (n, exact) => {
      const lines = this.#gaps.slice(told, n + 1).flat();
      told = Math.max(told, n + 1);
      if (exact) return lines.map((line) => `\n${line}`).join("");
      const kept = lines.join("\n").trim();
      return kept ? `\n\n${kept}\n` : whole && "\n";
    };
    for (const { node, text } of pieces(this.#page)) {
      const known = this.#known.get(node);
      const same = Boolean(known?.copy.isEqualNode(node));
      whole += known ? tell(known.n, same && before.same && known.n === before.n + 1) : whole && "\n";
      const own = same ? this.#lines.slice(known.start, known.end) : [text];
      whole += `\n${own.join("\n")}`;
      before = { n: known?.n ?? NaN, same };
    }
    const last = this.#gaps.length - 1;
    return (whole + tell(last, before.same && last === before.n + 1)).trim();
  }

  #inside(selector) {
    const at = getSelection().anchorNode;
    const found = (at?.nodeType === Node.ELEMENT_NODE ? at : at?.parentElement)?.closest(selector);
    return found && this.#page.contains(found) && found !== this.#page ? found : null;
  }

  #press(what) {
    if (!what) return;
    if (what === "link") { this.#askAddress(); return; }
    if (what === "put-link") { this.#link(); return; }
    if (!this.#page.contains(getSelection().anchorNode)) this.#page.focus();
    if (what === "row") this.#addRow();
    const heads = !this.#inside("ul,ol,table,pre");
    if (what === "heading" && heads) document.execCommand("formatBlock", false, this.#inside("h1,h2,h3,h4,h5,h6") ? "p" : "h2");
    if (what === "bold") document.execCommand("bold");
    if (what === "list") this.#listOrNot();
    this.#show();
  }

  /** The marked paragraphs are items of a list, or an item is a paragraph again. The browser's own command nests them. */
  #listOrNot() {
    const { anchorNode, anchorOffset } = getSelection();
    const item = this.#inside("li");
    if (item) this.#outOfList(item);
    else this.#intoList(getSelection().getRangeAt(0));
    getSelection().collapse(anchorNode.isConnected ? anchorNode : this.#page, anchorNode.isConnected ? anchorOffset : 0);
  }

  #intoList(range) {
    const marked = [...this.#page.children].filter((node) => /^(P|DIV|H[1-6])$/.test(node.tagName) && range.intersectsNode(node));
    if (!marked.length) return;
    const list = document.createElement("ul");
    marked[0].before(list);
    for (const node of marked) {
      const item = document.createElement("li");
      item.append(...node.childNodes);
      list.append(item);
      node.remove();
    }
  }

  #outOfList(item) {
    const list = item.parentElement;
    const after = list.cloneNode(false);
    while (item.nextSibling) after.append(item.nextSibling);
    const paragraph = document.createElement("p");
    paragraph.append(...item.childNodes);
    list.after(paragraph);
    if (after.children.length) paragraph.after(after);
    item.remove();
    if (!list.children.length) list.remove();
  }

  #askAddress() {
    const within = this.#page.contains(getSelection().anchorNode);
    this.#range = within && !getSelection().isCollapsed ? getSelection().getRangeAt(0).cloneRange() : null;
    const ask = this.box.querySelector("[data-editor-link]");
    ask.hidden = !ask.hidden;
    ask.querySelector("[data-editor-unmarked]").hidden = Boolean(this.#range);
    ask.querySelector("[data-editor-marked]").hidden = !this.#range;
    if (!ask.hidden && this.#range) this.box.querySelector("[data-editor-address]").focus();
  }

  #typeAddress(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.#link();
  }

  #link() {
    const field = this.box.querySelector("[data-editor-address]");
    const typed = field.value.trim();
    if (!typed || !this.#range) return;
    getSelection().removeAllRanges();
    getSelection().addRange(this.#range);
    document.execCommand("createLink", false, /^https?:\/\//i.test(typed) ? typed : `https://${typed}`);
    field.value = "";
    this.box.querySelector("[data-editor-link]").hidden = true;
    this.#page.focus();
  }

  #addRow() {
    const row = this.#inside("tr");
    if (!row) return;
    const added = document.createElement("tr");
    for (const cell of row.cells) added.append(document.createElement("td"));
    for (const cell of added.cells) cell.append(document.createElement("br"));
    const body = row.closest("table").tBodies[0] ?? row.closest("table").createTBody();
    if (row.parentElement === body) row.after(added);
    else body.prepend(added);
    getSelection().collapse(added.cells[0], 0);
  }

  /** A cell has one line: Enter goes to the one below it. */
  #type(event) {
    const cell = event.key === "Enter" && this.#inside("td,th");
    if (!cell) return;
    event.preventDefault();
    const rows = [...cell.closest("table").rows];
    const below = rows[rows.indexOf(cell.parentElement) + 1]?.cells[cell.cellIndex];
    if (below) getSelection().collapse(below, 0);
  }

  /** Three presses mark a paragraph and, for the browser, the beginning of the next block, which nobody meant to write over. */
  #leaveNext() {
    const selection = getSelection();
    if (selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const next = [...this.#page.children].find((block) => block.contains(range.endContainer));
    const last = next?.previousElementSibling;
    if (!last || range.endOffset || next.contains(range.startContainer)) return;
    const before = document.createRange();
    before.setStart(next, 0);
    before.setEnd(range.endContainer, 0);
    if (before.toString()) return;
    range.setEnd(last, last.childNodes.length);
    selection.removeAllRanges();
    selection.addRange(range);
  }

  /** Words come in without the looks that they had elsewhere. */
  #paste(event) {
    event.preventDefault();
    const pasted = event.clipboardData.getData("text/plain");
    document.execCommand("insertText", false, this.#inside("td,th") ? pasted.replace(/\s+/g, " ") : pasted);
  }

  #show() {
    const pressed = {
      heading: Boolean(this.#inside("h1,h2,h3,h4,h5,h6")),
      list: Boolean(this.#inside("ul,ol")),
      bold: Boolean(this.#inside("b,strong")),
    };
    for (const [what, is] of Object.entries(pressed)) this.box.querySelector(`[data-do="${what}"]`).setAttribute("aria-pressed", is);
    this.#showRow();
  }

  /** Where there is a table, a row can be added to it once the caret is in it. */
  #showRow() {
    const button = this.box.querySelector('[data-do="row"]');
    button.hidden = !this.#page.querySelector("table");
    button.disabled = !this.#inside("table");
    button.title = button.disabled ? button.dataset.title : "";
  }
}

for (const box of document.querySelectorAll("[data-editor]")) new Editor(box);
