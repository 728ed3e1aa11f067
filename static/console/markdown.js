/** Markdown of what stands on a page: of its headings, paragraphs, lists, tables, links. */

const MARKS = { B: "**", STRONG: "**", I: "*", EM: "*", CODE: "`" };
const BLOCK = /^(P|H[1-6]|UL|OL|TABLE|PRE|BLOCKQUOTE|HR|DIV)$/;

/** The words of nodes within one block, with the marks of bold, links and the like. */
function words(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/\s+/g, " ");
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.dataset.source) return node.dataset.source;
  if (node.tagName === "BR") return "\n";
  const inside = [...node.childNodes].map(words).join("");
  const mark = MARKS[node.tagName];
  if (mark) return inside.replace(/^(\s*)(.*?)(\s*)$/s, (all, a, said, b) => (said ? a + mark + said + mark + b : all));
  return node.tagName === "A" && inside.trim() ? `[${inside}](${node.getAttribute("href")})` : inside;
}

function lines(nodes) {
  return nodes.map(words).join("").split("\n").map((line) => line.trim()).filter(Boolean).join("\n");
}

function list(node, indent = "") {
  return [...node.children].map((item, n) => {
    if (/^[UO]L$/.test(item.tagName)) return list(item, `${indent}  `);
    const mark = node.tagName === "OL" ? `${node.start + n}. ` : "- ";
    const deeper = indent + " ".repeat(mark.length);
    const [below, own] = [true, false].map((is) => [...item.childNodes].filter((one) => /^[UO]L$/.test(one.tagName) === is));
    const said = own.map((one) => (BLOCK.test(one.tagName) ? `${block(one)}\n` : words(one))).join("").trim();
    return indent + mark + [said.replace(/\n+/g, `\n${deeper}`), ...below.map((one) => list(one, deeper))].join("\n");
  }).join("\n");
}

/** Rows that were left empty are gone. */
function table(node) {
  const cells = (row) => [...row.cells].map((cell) => words(cell).replace(/\s+/g, " ").trim().replace(/\\?\|/g, "\\|"));
  const [head, ...rows] = [...node.rows].map(cells);
  const kept = [head, head.map(() => "---"), ...rows.filter((row) => row.some(Boolean))];
  return kept.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function block(node) {
  if (/^H[1-6]$/.test(node.tagName)) return lines([node]) && `${"#".repeat(node.tagName[1])} ${lines([node]).replace(/\n/g, " ")}`;
  if (/^[UO]L$/.test(node.tagName)) return list(node);
  if (node.tagName === "TABLE") return table(node);
  if (node.tagName === "HR") return "---";
  if (node.tagName === "PRE") return `\`\`\`\n${node.textContent.trimEnd()}\n\`\`\``;
  const inside = pieces(node).map((piece) => piece.text).join("\n\n");
  return node.tagName === "BLOCKQUOTE" ? inside.replace(/^/gm, "> ") : inside;
}

/**
 * [{node, text}]: the blocks within ``parent`` as Markdown; loose words are a paragraph.
 * @param {Element} parent
 */
export function pieces(parent) {
  const found = [];
  let loose = [];
  for (const child of [...parent.childNodes, null]) {
    if (child && !BLOCK.test(child.tagName)) loose.push(child);
    else {
      if (loose.length) found.push({ node: loose[0], text: lines(loose) });
      if (child) found.push({ node: child, text: block(child) });
      loose = [];
    }
  }
  return found.filter((piece) => piece.text);
}
