/** ``data-preview``: mounts the real widget there, and shows it light, dark or as on a phone when asked. */

const place = document.getElementById("preview");
const wanted = {}; // what was chosen so far: it holds as well where the widget is still on its way

/** Change how the preview looks; what is left out stays. */
export function show(change) {
  Object.assign(wanted, change);
  place?.dispatchEvent(new CustomEvent("berrydesk:look", { detail: change }));
}

async function begin() {
  const { mount } = await import(place.dataset.preview);
  place.replaceChildren();
  const look = JSON.parse(document.getElementById("preview-look").textContent);
  mount(place, {
    base: location.origin, agent: place.dataset.agent, preview: place.dataset.token, color: look.color, inline: true,
    look: wanted,
  });
}

if (place) begin();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview-as]");
  if (!button) return;
  for (const other of document.querySelectorAll("[data-preview-as]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const wanted = button.dataset.previewAs;
  place.closest(".preview").classList.toggle("preview-phone", wanted === "phone");
  if (wanted !== "phone") show({ theme: wanted });
});
