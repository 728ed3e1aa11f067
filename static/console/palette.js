/** The palette: Ctrl or ⌘ K opens it, arrows move through what was found, Enter goes there. */

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
for (const key of document.querySelectorAll("[data-command-key]")) key.textContent = isMac ? "⌘K" : "Ctrl K";

const dialog = document.querySelector("[data-palette]");
const field = dialog?.querySelector("input");

function open() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  field.value = "";
  field.focus();
  field.dispatchEvent(new CustomEvent("palette-opened"));
}

function step(by) {
  const stops = [field, ...dialog.querySelectorAll(".palette-found a")];
  const at = stops.indexOf(document.activeElement);
  stops[(at + by + stops.length) % stops.length].focus();
}

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && dialog) {
    event.preventDefault();
    open();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette-open]")) open();
  if (event.target === dialog) dialog.close();
});
dialog?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  }
});
dialog?.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  dialog.querySelector(".palette-found a")?.click();
});
