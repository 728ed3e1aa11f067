/** Toasts: messages of the server, and what htmx could not do. */

const STAYS_MS = 8000;
const box = document.getElementById("toasts");

function leave(toast) {
  setTimeout(() => { if (!toast.matches(":hover,:focus-within")) toast.remove(); }, STAYS_MS);
}

/** Say it in a toast. */
export function say(words) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.toast = "";
  const text = document.createElement("span");
  text.textContent = words;
  toast.append(text);
  box.append(toast);
  leave(toast);
}

for (const toast of box?.querySelectorAll("[data-toast]") ?? []) leave(toast);
document.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove());
document.addEventListener("htmx:sendError", () => say(box.dataset.offline));
document.addEventListener("htmx:responseError", () => say(box.dataset.failed));
