/** Puts the panel in the place of the plain page, which stays where the panel cannot run. */
const script = document.querySelector("script[data-panel]");
const place = document.getElementById("panel");
const { mount } = await import(script.dataset.panel);
const panel = mount(place, { base: location.origin, agent: script.dataset.agent });
await panel.open(); // built, and hidden until the plain page gives way
const box = document.getElementById("text");
const [typed, isTyping] = [box.value, document.activeElement === box];
place.hidden = false;
document.getElementById("plain").remove();
panel.take(typed, isTyping);
