/** Nodes without markup: nothing here ever parses a string as HTML. */

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  arrow: "M5 12h14M13 6l6 6-6 6",
  out: "M14 4h6v6M20 4l-9 9M18 14v5H5V6h5",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  check: "M5 12l5 5 9-10",
};

/**
 * A new element. Keys beginning with "on" are listeners, others attributes; null and false leave one out.
 * @param {string} tag @param {Object} [facts] @param {...(Node|string|null)} children
 */
export function el(tag, facts = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(facts)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false && value !== undefined) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** One of our line drawings, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24", width: 20, height: 20, fill: "none", stroke: "currentColor", "stroke-width": 1.8,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: `icon icon-${name}`,
  })) svg.setAttribute(key, value);
  svg.append(path);
  return svg;
}

/** The address when it is one a visitor may be sent to, else null. */
export function safeUrl(text) {
  if (!/^(https?:\/\/|mailto:)/i.test(text ?? "")) return null;
  return URL.canParse(text) ? new URL(text).href : null;
}
