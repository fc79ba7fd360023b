// How does a block of Block Kit look, and what happens when something in it is pressed?

import { $ } from "./world.js";
import { el } from "./list.js";
import { link, rich, words } from "./text.js";
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
      return el(
        "div",
        { className: "context" },
        block.elements.map((item) => el("span", {}, words(item))),
      );
    case "actions":
      return el(
        "div",
        { className: "actions" },
        block.elements.map((item) => control(item, block, press)),
      );
    case "rich_text":
      return el("div", {}, block.elements.map(rich));
    case "input":
      return input(block, before);
    case "markdown":
      return el("div", { className: "text" }, block.text);
    default:
      return el("div", { className: "error" }, "The playground cannot show this: " + block.type);
  }
}

function section(block, press) {
  return el(
    "div",
    {},
    block.text ? el("div", { className: "text" }, words(block.text)) : null,
    block.fields
      ? el(
          "div",
          { className: "fields" },
          block.fields.map((field) => el("div", {}, words(field))),
        )
      : null,
    block.accessory ? el("div", { className: "actions" }, control(block.accessory, block, press)) : null,
  );
}

function control(item, around, press) {
  if (item.type !== "button") {
    const { node, read } = field(item);
    node.addEventListener("change", () => press(item.action_id, read()));
    return node;
  }
  if (item.url) return link(item.url, item.text.text);
  const work = () => (item.confirm ? sure(item.confirm, () => press(item.action_id)) : press(item.action_id));
  return el("button", { type: "button", className: item.style || "", on: work }, item.text.text);
}

// Asks before something is done, as a button's `confirm` says.
function sure(confirm, then) {
  const dialog = $("sure");
  const yes = () => {
    dialog.close();
    then();
  };
  dialog.replaceChildren(
    el("h3", { id: "sure-name" }, words(confirm.title)),
    el("p", {}, words(confirm.text)),
    el(
      "div",
      { className: "actions" },
      el("button", { type: "button", className: confirm.style || "primary", on: yes }, words(confirm.confirm)),
      el("button", { type: "button", on: () => dialog.close() }, words(confirm.deny)),
    ),
  );
  dialog.showModal();
}
