/** ``data-look``: the preview follows what is typed; swatches and the hex field are the same colour. */

import { show } from "./preview.js";

const HEX = /^#[0-9a-f]{6}$/i;
const form = () => document.querySelector("form[data-look]");

function changed() {
  const typed = form();
  if (!typed) return;
  const said = new FormData(typed);
  const change = {
    name: said.get("name").trim() || " ", greeting: said.get("greeting"), theme: said.get("theme"),
    questions: said.getAll("questions").filter((text) => text.trim()),
  };
  if (HEX.test(said.get("color"))) change.color = said.get("color").toLowerCase();
  show(change);
}

document.addEventListener("input", (event) => {
  const typed = event.target.closest?.("form[data-look]");
  if (!typed) return;
  if (event.target.name === "swatch") typed.elements.color.value = event.target.value;
  if (event.target.name === "color") {
    for (const one of typed.querySelectorAll("[name=swatch]")) one.checked = one.value === event.target.value.toLowerCase();
  }
  changed();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "questions") return;
  changed();
  const lines = event.target.querySelectorAll("input");
  const last = lines[lines.length - 1];
  if (last && !last.value) last.focus();
});
document.addEventListener("change", (event) => {
  const sent = event.target.closest?.("form[data-send-on-change]");
  if (sent) sent.requestSubmit();
});
