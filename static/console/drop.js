/** ``data-drop``: files dropped anywhere on the box land in its file field, and the form is sent. */

function box(event) {
  return event.target instanceof Element ? event.target.closest("[data-drop]") : null;
}

document.addEventListener("dragover", (event) => {
  const target = box(event);
  if (!target || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  target.classList.add("drop-over");
});
document.addEventListener("dragleave", (event) => {
  const target = box(event);
  if (target && !target.contains(event.relatedTarget)) target.classList.remove("drop-over");
});
document.addEventListener("drop", (event) => {
  const target = box(event);
  if (!target || !event.dataTransfer.files.length) return;
  event.preventDefault();
  target.classList.remove("drop-over");
  const field = target.querySelector("input[type=file]");
  field.files = event.dataTransfer.files;
  field.form.requestSubmit();
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-drop] input[type=file]") && event.target.files.length) event.target.form.requestSubmit();
});
