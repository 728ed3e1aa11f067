/** Knowledge health by keyboard: j and k go to the next finding and to the one before. */

const KEYS = { j: "[data-finding-after]", k: "[data-finding-before]" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !KEYS[event.key]) return;
  if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
  const link = document.querySelector(KEYS[event.key]);
  if (!link) return;
  event.preventDefault();
  link.click();
});
