// Draws the launcher; everything else is fetched when somebody means to open it.
(() => {
  const queued = window.Berrydesk?.q ?? [];
  if (window.Berrydesk && !window.Berrydesk.q) return; // loaded twice is loaded once
  const script = document.currentScript ?? document.querySelector("script[data-agent][src*='widget.js']");
  if (!script) return;
  const { agent, color, position = "right", label = "Chat", preview } = script.dataset;
  const base = new URL(script.src).origin;
  const brand = /^#[0-9a-f]{6}$/i.test(color ?? "") ? color : "#8a1c4a";

  /** WCAG relative luminance of #rrggbb; white text is readable below 0.18. */
  const light = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);

  const host = document.createElement("berrydesk-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{all:initial!important;display:block!important;position:fixed!important;inset:auto!important;
bottom:20px!important;${position === "left" ? "left" : "right"}:20px!important;z-index:2147483000!important;
inline-size:auto!important;block-size:auto!important;visibility:visible!important;opacity:1!important}
.launcher{all:unset;box-sizing:border-box;display:grid;place-items:center;inline-size:56px;block-size:56px;
border-radius:28px;background:${brand};color:${light(brand) > 0.18 ? "#111" : "#fff"};cursor:pointer;
box-shadow:0 4px 16px rgb(0 0 0/.24)}
.launcher:focus-visible{outline:3px solid ${brand};outline-offset:3px;box-shadow:0 0 0 3px #fff}
.launcher[hidden]{display:none}
.launcher[aria-busy]{opacity:.6;animation:busy 1s infinite alternate}
@keyframes busy{to{opacity:1}}
@media (prefers-reduced-motion:reduce){.launcher[aria-busy]{animation:none}}
@media print{:host{display:none!important}}`);
  root.adoptedStyleSheets = [sheet];

  const launcher = document.createElement("button");
  launcher.className = "launcher";
  launcher.type = "button";
  launcher.setAttribute("aria-label", label);
  launcher.setAttribute("aria-haspopup", "dialog");
  launcher.setAttribute("aria-expanded", "false");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ width: 24, height: 24, viewBox: "0 0 24 24", fill: "none",
    stroke: "currentColor", "stroke-width": 1.8, "stroke-linejoin": "round", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", "M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z");
  svg.append(path);
  launcher.append(svg);
  root.append(launcher);

  let loading;
  let panel;
  let facts; // what the page says about its visitor, sent with their next words
  let proof; // a JWT for identify: used once the chat is open, so that nothing is fetched before
  const listeners = {};
  const emit = (name, detail) => listeners[name]?.forEach((listener) => listener(detail));
  // All at once: on a slow line a module that asks for the next one costs a way there and back.
  const load = () => (loading ??= Promise.all("__MODULES__".split(" ").map((name) => import(`${base}/widget/__FINGERPRINT__/${name}`)))
    .then(([panel]) => panel, (problem) => {
      loading = undefined; // the next press tries again
      throw problem;
    }));
  const ready = async () => {
    const { attach } = await load();
    panel ??= attach(root, { base, agent, launcher, position, color: brand, preview, emit, proof: () => proof, facts: () => facts });
    return panel;
  };
  const open = () => {
    launcher.setAttribute("aria-busy", "true");
    return ready().then((it) => it.open(), () => {
      launcher.title = "The chat could not be loaded. Check your connection, then press again.";
      launcher.setAttribute("aria-label", launcher.title);
    }).finally(() => launcher.removeAttribute("aria-busy"));
  };

  const prefetch = () => load().catch(() => {}); // only a head start: the press itself reports a failure
  launcher.addEventListener("pointerenter", prefetch, { once: true });
  launcher.addEventListener("focus", prefetch, { once: true });
  launcher.addEventListener("click", () => (panel?.isOpen ? panel.close() : open()));

  const commands = {
    open,
    close: () => panel?.close(),
    identify: (jwt) => {
      proof = jwt;
      return panel?.identify(jwt);
    },
    attributes: (said) => {
      facts = { ...facts, ...said };
    },
    on: (name, listener) => (listeners[name] ??= new Set()).add(listener),
    off: (name, listener) => listeners[name]?.delete(listener),
    shutdown: () => {
      panel?.shutdown();
      host.remove();
      delete window.Berrydesk;
    },
  };
  window.Berrydesk = (command, ...rest) => commands[command]?.(...rest);
  document.documentElement.append(host); // not in the body, which single-page sites replace
  for (const call of queued) window.Berrydesk(...call);
})();
