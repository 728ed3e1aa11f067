/** The inbox by keyboard (j k r e), the thread kept at its end, and what is typed kept over a sending. */

const rows = () => [...document.querySelectorAll("[data-inbox-row]")];

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[at < 0 ? 0 : at + by];
  if (next) next.click();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  r: () => document.getElementById("reply-text")?.focus(),
  e: () => document.querySelector("[data-resolve]")?.requestSubmit(),
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
  if (field?.id === "reply-text") {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
    if (event.key === "Escape") field.blur();
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

const thread = () => document.querySelector("[data-scroll-end]");
const NEAR = 80;
let keepAt = null; // null: the end

function toEnd() {
  const box = thread();
  if (box) box.scrollTop = keepAt === null ? box.scrollHeight : keepAt;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const box = thread();
  if (!box || (event.target !== box && !event.target.contains(box))) return;
  keepAt = event.target !== box || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR ? null : box.scrollTop;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "thread") toEnd();
  if (event.target.id !== "pane") return;
  keepAt = null;
  toEnd();
  document.getElementById("reply-text")?.focus();
});
toEnd();
