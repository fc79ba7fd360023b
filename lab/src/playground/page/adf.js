// How does a document of Atlassian's look?

import { el, unknown } from "./list.js";
import { link } from "./text.js";

const PLAIN = {
  paragraph: "p",
  bulletList: "ul",
  orderedList: "ol",
  listItem: "li",
  blockquote: "blockquote",
  table: "table",
  tableRow: "tr",
  tableHeader: "th",
  tableCell: "td",
  doc: "div",
  taskList: "div",
  decisionList: "div",
  mediaSingle: "div",
  mediaGroup: "div",
};

export function adf(node) {
  if (!node) return null;
  const inner = () => (node.content || []).map(adf);
  if (PLAIN[node.type]) return el(PLAIN[node.type], {}, inner());
  switch (node.type) {
    case "text":
      return marked(node);
    case "hardBreak":
      return el("br");
    case "rule":
      return el("hr");
    case "heading":
      return el("div", { className: "header", role: "heading", "aria-level": "4" }, inner());
    case "codeBlock":
      return el("pre", {}, inner());
    case "panel":
      return el("div", { className: "panel " + (node.attrs?.panelType || "info") }, inner());
    case "mention":
      return el("span", { className: "mention" }, node.attrs?.text || "@" + node.attrs?.id);
    case "emoji":
      return node.attrs?.text || node.attrs?.shortName || "";
    case "date":
      return new Date(Number(node.attrs?.timestamp)).toLocaleDateString();
    case "status":
      return el("span", { className: "pill" }, node.attrs?.text || "");
    case "inlineCard":
    case "blockCard":
      return link(node.attrs?.url || "", node.attrs?.url || "");
    case "taskItem":
      return el("p", {}, node.attrs?.state === "DONE" ? "☑ " : "☐ ", inner());
    case "decisionItem":
      return el("p", {}, "Decision: ", inner());
    case "expand":
    case "nestedExpand":
      return el("details", {}, el("summary", {}, node.attrs?.title || "More"), inner());
    case "media":
    case "mediaInline":
      return el("span", { className: "chip" }, node.attrs?.alt || "A file");
    default:
      return unknown(node.type);
  }
}

function marked(node) {
  let shown = document.createTextNode(node.text);
  for (const mark of node.marks || []) {
    const tag = { strong: "strong", em: "em", strike: "s", code: "code", underline: "u" }[mark.type];
    shown = tag ? el(tag, {}, shown) : mark.type === "link" ? link(mark.attrs.href, shown) : unknown(mark.type);
  }
  return shown;
}
