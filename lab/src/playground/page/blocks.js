// How does a block of Block Kit look, and what happens when something in it is pressed?

import { $ } from "./world.js";
import { button, el, unknown } from "./list.js";
import { link, mrkdwn, rich, words } from "./text.js";
import { field, input } from "./field.js";

// `press(action_id, chosen)` is what pressing does; `before` are the fields that stood here, by their names.
export function block(block, press, before) {
  switch (block.type) {
    case "header":
      return el("div", { className: "header" }, words(block.text));
    case "divider":
      return el("hr");
    case "section":
      return section(block, press);
    case "context":
      return el("div", { className: "context" }, block.elements.map(small));
    case "actions":
      return el(
        "div",
        { className: "actions" },
        block.elements.map((item) => control(item, press)),
      );
    case "rich_text":
      return el("div", {}, block.elements.map(rich));
    case "table":
      return table(block);
    case "image":
      return el("div", { className: "chip" }, "Image: " + (block.alt_text || block.title?.text || ""));
    case "input":
      return input(block, before);
    case "markdown":
      return el("div", { className: "text" }, mrkdwn(block.text));
    default:
      return unknown(block.type);
  }
}

const small = (item) =>
  el("span", {}, item.type === "image" ? "[" + item.alt_text + "]" : words(item));

function section(block, press) {
  return el(
    "div",
    { className: "section" },
    el(
      "div",
      { className: "whole" },
      block.text ? el("div", { className: "text" }, words(block.text)) : null,
      block.fields
        ? el(
            "div",
            { className: "fields" },
            block.fields.map((field) => el("div", {}, words(field))),
          )
        : null,
    ),
    block.accessory ? el("div", { className: "actions" }, control(block.accessory, press)) : null,
  );
}

function table(block) {
  const cell = (one) => (one.type === "rich_text" ? one.elements.map(rich) : (one.text ?? String(one.value ?? "")));
  const [head, ...rows] = block.rows;
  const row = (cells, tag) =>
    el(
      "tr",
      {},
      cells.map((one) => el(tag, tag === "th" ? { scope: "col" } : {}, cell(one))),
    );
  return el(
    "div",
    { className: "scroll", tabIndex: 0, role: "group", "aria-label": "Table" },
    el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, rows.map((one) => row(one, "td")))),
  );
}

function control(item, press) {
  if (item.type === "overflow") return overflow(item, press);
  if (item.type !== "button") {
    const { node, read } = field(item);
    node.addEventListener("change", () => press(item.action_id, read()));
    return node;
  }
  if (item.url) return link(item.url, words(item.text));
  const work = () => (item.confirm ? sure(item.confirm, () => press(item.action_id)) : press(item.action_id));
  return button(words(item.text), work, { className: item.style || "" });
}

function overflow(item, press) {
  const choose = (one) => {
    const chosen = () => press(item.action_id, { selected_option: one });
    if (!one.url) return button(words(one.text), chosen);
    const leads = link(one.url, words(one.text));
    leads.addEventListener("click", chosen);
    return leads;
  };
  return el(
    "details",
    {},
    el("summary", { "aria-label": "More" }, "…"),
    el("div", { className: "actions" }, item.options.map(choose)),
  );
}

// Asks before something is done, as a button's `confirm` says.
export function sure(confirm, then, more) {
  const dialog = $("sure");
  const yes = () => {
    dialog.close();
    then();
  };
  dialog.replaceChildren(
    el("h3", { id: "sure-name" }, words(confirm.title)),
    el("p", {}, words(confirm.text)),
    more || "",
    el(
      "div",
      { className: "actions" },
      button(words(confirm.confirm), yes, { className: confirm.style || "primary" }),
      button(words(confirm.deny), () => dialog.close()),
    ),
  );
  dialog.showModal();
}
