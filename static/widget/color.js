/** Readable text on the owner's colour: WCAG 2 luminance and contrast. */

/** The lesser grounds that coloured text stands on: the chips of sources. */
const [LIGHT_GROUND, DARK_GROUND] = ["#f1eff0", "#2a2728"];

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function luminance([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** 1 to 21. */
export function contrast(one, other) {
  const [high, low] = [luminance(channels(one)), luminance(channels(other))].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever reads better on `hex`. */
export function textOn(hex) {
  return contrast(hex, "#ffffff") >= contrast(hex, "#111111") ? "#ffffff" : "#111111";
}

/** The colour moved towards white or black until text in it has 4.5 to 1 on the ground. */
export function readable(hex, isDark) {
  const ground = isDark ? DARK_GROUND : LIGHT_GROUND;
  const goal = isDark ? 255 : 0;
  let shade = hex;
  for (let step = 1; step <= 20 && contrast(shade, ground) < 4.6; step += 1) {
    const mixed = channels(hex).map((value) => Math.round(value + ((goal - value) * step) / 20));
    shade = `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  }
  return shade;
}

/** True when the page behind looks dark: its own background first, then what the system prefers. */
export function pageIsDark() {
  for (const node of [document.body, document.documentElement]) {
    const parts = node && getComputedStyle(node).backgroundColor.match(/[\d.]+/g)?.map(Number);
    if (parts && (parts.length < 4 || parts[3] > 0.5)) return luminance(parts) < 0.18;
  }
  return getComputedStyle(document.documentElement).colorScheme.includes("dark")
    && matchMedia("(prefers-color-scheme: dark)").matches;
}
