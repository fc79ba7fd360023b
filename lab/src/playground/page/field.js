// How is a form's field filled in, and what does Slack send of it? <https://docs.slack.dev/reference/block-kit/block-elements>

import { people } from "./world.js";
import { el, unknown } from "./list.js";
import { words } from "./text.js";

let count = 0;

// An input block: label, element, hint, and what is wrong with it. `before` are the fields that stood in the form until
// now: one that is still the same keeps what was filled in.
export function input(block, before) {
  const name = block.block_id + " " + block.element.action_id,
    mark = JSON.stringify(block);
  const known = before && before.get(name);
  if (known && known.mark === mark) return known.node;
  const id = "field-" + ++count,
    made = field(block.element, id);
  const error = el("p", { className: "error", id: id + "-error", role: "alert" });
  const hint = el("p", { className: "hint", id: id + "-hint" }, words(block.hint));
  const label = [words(block.label), block.optional ? el("span", { className: "soft" }, " (optional)") : null];
  const [around, above] = made.isGroup
    ? ["fieldset", el("legend", {}, label)]
    : ["div", el("label", { htmlFor: id }, label)];
  const node = el(around, { className: "field" }, above, made.node, hint, error);
  made.node.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  const say = (why) => {
    error.textContent = why || "";
    made.node.setAttribute("aria-invalid", String(Boolean(why)));
  };
  const value = () => ({ type: block.element.type, ...made.read() });
  node.field = {
    name,
    mark,
    node,
    block: block.block_id,
    action: block.element.action_id,
    value,
    say,
    focus: () => (made.isGroup ? made.node.querySelector("input") : made.node)?.focus(),
    wrong: () => wrong(block, made),
  };
  return node;
}

// What Slack's own client finds wrong before anything is sent.
function wrong(block, { node, read }) {
  const [value] = Object.values(read()),
    { min_length: least, max_selected_items: most } = block.element;
  const isEmpty = value === null || value.length === 0;
  if (isEmpty) return block.optional ? "" : "Please complete this required field.";
  if (least && value.length < least) return `At least ${least} characters are needed.`;
  if (most && value.length > most) return `At most ${most} can be chosen.`;
  return node.validationMessage || "";
}

// An element: what is shown, and what of it is sent.
export function field(item, id) {
  const options = (item.options || []).concat(...(item.option_groups || []).map((group) => group.options));
  const everybody = people().map((one) => ({ text: { text: one.name }, value: one.id }));
  const values = (chosen) => chosen.map((one) => one.value);
  switch (item.type) {
    case "plain_text_input":
      return text(item, id);
    case "email_text_input":
      return line(item, id, "email");
    case "url_text_input":
      return line(item, id, "url");
    case "number_input":
      return line(item, id, "number");
    case "static_select":
      return menu(item, id, options, item.initial_option?.value, (one) => ({ selected_option: one }));
    case "users_select":
      return menu(item, id, everybody, item.initial_user, (one) => ({ selected_user: one && one.value }));
    case "radio_buttons":
      return boxes("radio", id, options, values([item.initial_option].filter(Boolean)), ([one]) => ({
        selected_option: one || null,
      }));
    case "checkboxes":
    case "multi_static_select":
      return boxes("checkbox", id, options, values(item.initial_options || []), (chosen) => ({
        selected_options: chosen,
      }));
    case "multi_users_select":
      return boxes("checkbox", id, everybody, item.initial_users || [], (chosen) => ({ selected_users: values(chosen) }));
    case "datepicker":
      return picker(item, id, "date", "date");
    case "timepicker":
      return picker(item, id, "time", "time");
    case "datetimepicker":
      return moment(item, id);
    default:
      return {
        node: unknown(item.type),
        read: () => ({ value: null }),
      };
  }
}

function text(item, id) {
  const node = el(item.multiline ? "textarea" : "input", {
    id,
    value: item.initial_value || "",
    placeholder: item.placeholder?.text || "",
    rows: 3,
  });
  if (item.max_length) node.maxLength = item.max_length;
  return { node, read: () => ({ value: node.value || null }) };
}

function line(item, id, type) {
  const node = el("input", { id, type, value: item.initial_value || "", placeholder: item.placeholder?.text || "" });
  if (item.is_decimal_allowed) node.step = "any";
  return { node, read: () => ({ value: node.value || null }) };
}

function menu(item, id, options, initial, read) {
  const node = el(
    "select",
    { id, "aria-label": item.placeholder?.text || "" },
    initial === undefined ? el("option", { value: "" }, item.placeholder?.text || "Choose one") : null,
    options.map((one) => el("option", { value: one.value, selected: one.value === initial }, one.text.text)),
  );
  if (id) node.removeAttribute("aria-label");
  return { node, read: () => read(options.find((one) => one.value === node.value) || null) };
}

function boxes(type, id, options, initial, read) {
  const name = id || "choice-" + ++count;
  const box = (one) =>
    el(
      "label",
      {},
      el("input", { type, name, value: one.value, checked: initial.includes(one.value) }),
      " ",
      words(one.text),
    );
  const node = el("div", { id: name, className: "boxes" }, options.map(box));
  const isChosen = (one) => [...node.querySelectorAll("input")].some((box) => box.checked && box.value === one.value);
  return { node, isGroup: true, read: () => read(options.filter(isChosen)) };
}

function picker(item, id, type, what) {
  const node = el("input", { id, type, value: item["initial_" + what] || "" });
  return { node, read: () => ({ ["selected_" + what]: node.value || null }) };
}

// The field has minutes only: what was not touched keeps its seconds.
function moment(item, id) {
  const at = item.initial_date_time;
  const node = el("input", { id, type: "datetime-local", value: at === undefined ? "" : minutes(at) });
  const read = () =>
    !node.value ? null : at !== undefined && node.value === minutes(at) ? at : Math.floor(new Date(node.value) / 1000);
  return { node, read: () => ({ selected_date_time: read() }) };
}

function minutes(seconds) {
  const zone = new Date(seconds * 1000).getTimezoneOffset() * 60;
  return new Date((seconds - zone) * 1000).toISOString().slice(0, 16);
}
