/** ``data-copy="id"``: puts the text of that element on the clipboard and says so. */

const SAID_MS = 2000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const words = button.querySelector("[aria-live]") ?? button;
  const text = source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(source); // pages without https have no clipboard: the text is selected
    if (!document.execCommand("copy")) return;
  }
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => { words.textContent = before; }, SAID_MS);
});
