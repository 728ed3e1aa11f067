/** Puts the panel in the place of the plain page, which stays where the panel cannot run. */
const script = document.querySelector("script[data-panel]");
const place = document.getElementById("panel");
const { mount } = await import(script.dataset.panel);
place.hidden = false;
document.getElementById("plain").remove();
mount(place, { base: location.origin, agent: script.dataset.agent });
