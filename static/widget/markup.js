/** A model's text as nodes: paragraphs, lists, bold, code, links and citation marks. Nothing else exists. */

import { el, safeUrl } from "./dom.js";

const INLINE = /\*\*([^*\n]+)\*\*|`([^`\n]+)`|!?\[([^\]\n]+)\]\(([^)\s]+)\)|\[(\d{1,2})\]|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/g;

/** @param {string} text @param {(n: number) => Node|null} cite @returns {Node[]} */
export function render(text, cite = () => null) {
  return text.split(/\n{2,}/).flatMap((block) => blockOf(block.split("\n").filter((line) => line.trim()), cite));
}

function blockOf(lines, cite) {
  const blocks = [];
  for (const line of lines) {
    const item = line.match(/^\s*(?:([-*•])|(\d+)[.)])\s+(.*)$/);
    const tag = item ? (item[1] ? "ul" : "ol") : "p";
    const last = blocks.at(-1);
    if (item) {
      const list = last?.localName === tag ? last : el(tag, item[2] ? { start: item[2] } : {});
      if (list !== last) blocks.push(list);
      list.append(el("li", {}, ...inline(item[3], cite)));
    } else if (last?.localName === "p") {
      last.append(el("br"), ...inline(line, cite));
    } else {
      blocks.push(el("p", { dir: "auto" }, ...inline(line.replace(/^#{1,6}\s+/, ""), cite)));
    }
  }
  return blocks;
}

function inline(text, cite) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, bold, code, label, target, mark, bare] = match;
    nodes.push(text.slice(from, match.index));
    if (bold) nodes.push(el("strong", {}, ...inline(bold, cite)));
    else if (code) nodes.push(el("code", {}, code));
    else if (mark) nodes.push(cite(Number(mark)) ?? whole);
    else nodes.push(link(label ?? bare, target ?? bare));
    from = match.index + whole.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== "");
}

function link(label, target) {
  const href = safeUrl(target);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, label) : label;
}
