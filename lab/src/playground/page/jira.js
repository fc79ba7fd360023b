// What stands in Jira, and what do people do there?

import { $, act, all, get, keep, recall } from "./world.js";
import { button, el, fill, fillWindow, options } from "./list.js";
import { avatar, base64, bytes, link, show, submits, take } from "./text.js";
import { adf } from "./adf.js";

const COLUMNS = ["To Do", "In Progress", "In Review", "Done"];

let chosen = recall("issue", "");
let newest = "";
let tab = recall("tab", "comments");

const number = (one) => Number(one.key.split("-")[1]);
const issues = () => all("issue/").sort((a, b) => number(b) - number(a));
const current = () => get("issue/" + chosen);

export function drawJira() {
  const known = issues();
  const first = known.length ? known[0].key : "";
  if (!current() || (newest && first !== newest)) chosen = first;
  newest = first;
  $("issues").hidden = known.length === 1;
  fill(
    $("issues"),
    known.map((one) => ({
      key: one.key,
      content: [one.fields.summary, one.fields.status, one.key === chosen],
      draw: () => row(one),
    })),
    () => el("p", { className: "empty" }, "No issue yet. Every case gets one."),
  );
  const one = current();
  fill($("issue"), one ? [{ key: chosen, content: { ...one, comments: 0, history: 0 }, draw: () => detail(one) }] : [], null, true);
  drawActivity(one);
  $("work").disabled = !one;
  options($("visible"), [["", "Everybody"], ...get("jira").roles.map((role) => [role, "Only " + role])]);
  options($("column"), COLUMNS.map((name) => [name, name]));
  if (one && $("column").of !== one.key + one.fields.status.name) {
    $("column").of = one.key + one.fields.status.name;
    $("column").value = one.fields.status.name;
  }
}

const pill = (status) => el("span", { className: "pill " + status.statusCategory.key }, status.name);

function row(one) {
  return el(
    "div",
    { className: "row-item" },
    button(
      [el("span", { className: "name" }, one.key + " " + one.fields.summary), pill(one.fields.status)],
      () => choose(one.key),
      { className: "pick", "aria-current": String(one.key === chosen) },
    ),
  );
}

function choose(key) {
  chosen = key;
  keep("issue", key);
  drawJira();
}

function detail(one) {
  const fields = one.fields;
  const fact = (name, value) => (value ? el("div", {}, el("dt", {}, name), el("dd", {}, value)) : null);
  return el(
    "article",
    { className: "detail", id: "issue-" + one.key },
    el("div", { className: "facts" }, `${fields.project.name} / ${fields.issuetype.name} / ${one.key}`),
    el("h3", {}, fields.summary),
    el("div", { className: "chips" }, pill(fields.status), button("Edit", (event) => edits(one, event.target.closest(".detail")), { className: "link" }), button("Delete issue", () => act({ do: "jira_deletes", issue: one.key }), { className: "link danger" })),
    el("div", { className: "document" }, adf(fields.description)),
    one.remotelinks.length
      ? el("div", { className: "chips" }, one.remotelinks.map((it) => link(it.object.url, it.object.title)))
      : null,
    (fields.attachment || []).map((file) => el("div", { className: "chip" }, `${file.filename} · ${bytes(file.size)}`)),
    el("label", { className: "pick-file" }, "Attach a file ", attaches(one)),
    el(
      "details",
      {},
      el("summary", {}, "Details"),
      el(
        "dl",
        {},
        fact("Priority", fields.priority?.name),
        fact("Labels", (fields.labels || []).join(", ")),
        fact("Assignee", fields.assignee?.displayName || "Unassigned"),
        fact("Reporter", fields.reporter?.displayName),
        fact("Created", new Date(fields.created).toLocaleString()),
        fact("Resolution", fields.resolution?.name),
      ),
    ),
  );
}

function attaches(one) {
  const input = el("input", { type: "file" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) await act({ do: "jira_attaches", issue: one.key, name: file.name, bytes: await base64(file) });
    input.value = "";
  });
  return input;
}

function edits(one, around) {
  const input = el("input", { value: one.fields.summary, "aria-label": "Summary" });
  const form = el("form", { className: "row" }, input, el("button", { className: "primary" }, "Save"), button("Cancel", () => form.remove()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.remove();
    act({ do: "jira_edits", issue: one.key, fields: { summary: input.value } });
  });
  around.append(form);
  input.focus();
}

// ---------------------------------------------------------------- activity

function drawActivity(one) {
  const list = $("activity");
  const shows = chosen + tab;
  if (list.shown !== shows) {
    list.shown = shows;
    list.items = null;
    list.wasMany = false;
    list.replaceChildren();
  }
  for (const name of ["comments", "history"]) $(name).setAttribute("aria-pressed", String(name === tab));
  $("tabs").hidden = !one;
  const items = !one ? [] : tab === "comments" ? one.comments.map(commentItem) : one.history.map(historyItem);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  fillWindow(list, items, () => el("p", { className: "empty" }, one ? "Nothing yet." : ""));
  if (atEnd && !list.many) list.scrollTop = list.scrollHeight;
}

const commentItem = (one) => ({ key: one.id, content: [one.body, one.visibility, one.updated], draw: () => comment(one) });

function comment(one) {
  const own = one.author.accountId === get("jira").own;
  const name = one.author.displayName;
  const edit = (event) => rewrite(one, event.target.closest(".says"));
  return el(
    "div",
    { className: "says remark" + (one.visibility ? " restricted" : "") },
    avatar(name, own ? "app" : ""),
    el(
      "div",
      { className: "whole" },
      el(
        "div",
        { className: "when" },
        el("strong", {}, name),
        " " + new Date(one.created).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
        one.updated !== one.created ? " (edited)" : "",
        one.visibility ? el("span", { className: "pill lock" }, "Only " + one.visibility.value) : null,
      ),
      el("div", { className: "document" }, adf(one.body)),
      own
        ? null
        : el(
            "div",
            { className: "menu" },
            button("Edit", edit, { className: "link", "aria-label": "Edit the comment of " + name }),
            button("Delete", () => act({ do: "jira_deletes_comment", issue: chosen, comment: one.id }), { className: "link", "aria-label": "Delete the comment of " + name }),
          ),
    ),
  );
}

function rewrite(one, around) {
  const words = around.querySelector(".document").innerText;
  const input = el("input", { value: words, "aria-label": "The comment's new words" });
  const form = el("form", { className: "row" }, input, el("button", { className: "primary" }, "Save"), button("Cancel", () => form.remove()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.remove();
    act({ do: "jira_edits_comment", issue: chosen, comment: one.id, text: input.value });
  });
  around.append(form);
  input.focus();
}

const historyItem = (one, index) => ({
  key: String(index),
  content: one,
  draw: () =>
    el(
      "div",
      { className: "says" },
      el("div", { className: "when" }, `${one.by} · ${new Date(one.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`),
      (one.items || []).map((item) => el("div", {}, `${item.field}: ${short(item.fromString)} → ${short(item.toString)}`)),
    ),
});

const short = (text) => (text ? (String(text).length > 60 ? String(text).slice(0, 60) + "…" : String(text)) : "none");

// ---------------------------------------------------------------- what people do

export function startJira() {
  submits("remark", () => {
    const text = take("jira-text");
    if (text) act({ do: "jira_comments", issue: chosen, text, role: $("visible").value || null });
  });
  $("move").addEventListener("click", () => act({ do: "jira_moves", issue: chosen, status: $("column").value }));
  for (const name of ["comments", "history"])
    $(name).addEventListener("click", () => {
      tab = name;
      keep("tab", tab);
      drawJira();
    });
  document.addEventListener("go", ({ detail }) => {
    if (!detail.issue || !get("issue/" + detail.issue)) return;
    choose(detail.issue);
    show($("issue-" + detail.issue));
  });
}

export const chosenIssue = () => chosen;
