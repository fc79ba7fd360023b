// How is a form opened, filled in, sent and left?

import { $, act, me } from "./world.js";
import { el } from "./list.js";
import { words } from "./text.js";
import { block } from "./blocks.js";

let open = "";

// Shows the view that stands before the person, or none.
export function modal(view) {
  const dialog = $("view");
  if (!view) {
    if (open) {
      open = "";
      dialog.close();
      dialog.replaceChildren();
    }
    return;
  }
  if (open === view.id + view.hash) return;
  const before = open.startsWith(view.id) ? new Map(fields(dialog).map((field) => [field.name, field])) : new Map();
  open = view.id + view.hash;
  const press = (action, chosen) =>
    act({ do: "clicks_in_view", user: me(), view: view.id, action, chosen: chosen || null });
  const leave = () => act({ do: "leaves", user: me(), view: view.id });
  const focused = document.activeElement;
  const form = el(
    "form",
    { noValidate: true },
    el("h3", { id: "view-name" }, words(view.title)),
    el(
      "div",
      { className: "body" },
      view.blocks.map((one) => block(one, press, before)),
    ),
    el("p", { className: "error", role: "alert" }),
    el(
      "div",
      { className: "actions" },
      view.submit ? el("button", { className: "primary" }, words(view.submit)) : null,
      el("button", { type: "button", on: leave }, view.close ? words(view.close) : "Close"),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, view);
  });
  dialog.replaceChildren(form);
  // Escape leaves a form as its own button does.
  dialog.oncancel = (event) => {
    event.preventDefault();
    leave();
  };
  dialog.onclose = () => {
    if (open) leave();
  };
  if (!dialog.open) dialog.showModal();
  const first = fields(dialog)[0];
  if (dialog.contains(focused)) focused.focus();
  else if (first) first.focus();
}

const fields = (inside) => [...inside.querySelectorAll(".field")].map((node) => node.field);

async function submit(form, view) {
  const all = fields(form);
  if (complain(form, all, Object.fromEntries(all.map((field) => [field.block, field.wrong()])))) return;
  const values = {};
  for (const { block, action, value } of all) (values[block] = values[block] || {})[action] = value();
  const button = form.querySelector(".primary");
  button.disabled = true;
  const { body, error } = await act({ do: "submits", user: me(), view: view.id, values });
  button.disabled = false;
  form.querySelector("form > .error").textContent = error || "";
  complain(form, all, body?.errors || {});
}

// Says at each field what is wrong with it, and goes to the first that something is wrong with.
function complain(form, all, errors) {
  for (const field of all) field.say(errors[field.block]);
  const first = all.find((field) => errors[field.block]);
  if (first) first.focus();
  const lost = Object.entries(errors).filter(([name, why]) => why && !all.some((field) => field.block === name));
  if (lost.length) form.querySelector("form > .error").textContent = lost.map(([, why]) => why).join(" ");
  return Boolean(first || lost.length);
}
