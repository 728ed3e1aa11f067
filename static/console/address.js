/** ``data-address``: a box in which an address was typed says so with the event "address"; else what was said of it goes, as does ``data-until-typed``. */

const ADDRESS = /^(https?:\/\/\S+|[^\s\/@]+\.[^\s\/@.]{2,}(\/\S*)?)$/i;
const LONGEST = 900;

/** @param {HTMLTextAreaElement} box */
function look(box) {
  const typed = box.value.trim();
  document.querySelector(box.dataset.address).replaceChildren();
  if (typed.length <= LONGEST && ADDRESS.test(typed)) box.dispatchEvent(new Event("address"));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form");
  const box = form?.querySelector("[data-address]");
  if (!box) return;
  for (const said of form.querySelectorAll("[data-until-typed]")) said.remove();
  box.removeAttribute("aria-invalid");
  look(box);
});
