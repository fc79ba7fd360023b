// How does a person write in Slack: words, commands, with completion, and files that are chosen, dragged or pasted?

import { $, act, all, me, names, slack } from "./world.js";
import { button, el, fill } from "./list.js";
import { base64, bytes } from "./text.js";

const VERBS = [
  ["show", "The case as it stands"],
  ["comment", "Says something to AWS"],
  ["status", "Detect, contain, recover, post-incident"],
  ["close", "Ends the case"],
  ["watch", "Mails somebody what happens"],
  ["ai", "What AWS's agent found"],
  ["history", "Who changed what"],
  ["list", "All open cases"],
  ["new", "Opens a case"],
  ["help", "What can be done"],
];

// Where what is written goes: in the channel, and in its open thread.
let where = { place: "", channel: null, thread: null };
const files = { line: null, reply: null };

export function target(place, channel, thread) {
  where = { place, channel, thread };
  $("say").hidden = !channel || place === "direct";
  const named = slack().channels.find((one) => one.id === channel)?.name;
  $("line").placeholder = named ? `Message #${named}` : "";
}

function enter(id, thread) {
  const input = $(id),
    text = input.value.trim(),
    file = files[id];
  if (!text && !file) return;
  input.value = "";
  complete(id);
  const at = { user: me(), channel: where.channel, thread };
  if (!file || text.startsWith("/")) return act({ do: "says", ...at, text });
  files[id] = null;
  drawFile(id);
  return base64(file).then((data) =>
    act({ do: "shares", ...at, text, name: file.name, mimetype: file.type || "application/octet-stream", bytes: data }),
  );
}

// ---------------------------------------------------------------- completion

// What may be meant by what stands before the cursor: commands, cases, verbs, people.
function meant(text, inThread) {
  const cases = () =>
    all("sir/")
      .filter((one) => one.case.caseStatus !== "Closed")
      .map((one) => [one.case.caseArn.split("/").pop(), one.case.title])
      .reverse();
  const person = text.match(/(^|\s)@(\w*)$/);
  if (person)
    return Object.values(names())
      .filter((name) => name.toLowerCase().startsWith(person[2].toLowerCase()) && name !== "Slackbot")
      .map((name) => [text.slice(0, text.length - person[2].length) + name + " ", "@" + name, ""]);
  const line = text.match(/^(\/sir|\/security-ir|@casebridge)\s+(.*)$/is);
  if (!line) {
    if (inThread || !/^\/\w*-?\w*$/.test(text)) return [];
    const commands = slack().commands.filter((one) => one.command.startsWith(text));
    return commands.map((one) => [one.command + " ", one.command, one.description]);
  }
  const [, command, rest] = line;
  const begin = rest.match(/^(\d{10}\s+)?(\S*)$/);
  if (!begin) return [];
  const known = VERBS.filter(([verb]) => verb.startsWith(begin[2].toLowerCase()));
  const verbs = known.map(([verb, about]) => [`${command} ${begin[1] || ""}${verb} `, verb, about]);
  const ids = begin[1] ? [] : cases().filter(([id]) => id.startsWith(begin[2]));
  return [...ids.slice(0, 4).map(([id, title]) => [`${command} ${id} `, id, title]), ...verbs];
}

function complete(id) {
  const input = $(id),
    list = $(id + "-choices");
  const found = document.activeElement === input ? meant(input.value, id === "reply").slice(0, 8) : [];
  list.hidden = !found.length;
  input.setAttribute("aria-expanded", String(Boolean(found.length)));
  input.removeAttribute("aria-activedescendant");
  list.chosen = -1;
  list.found = found;
  list.replaceChildren(
    ...found.map(([value, label, about], index) => {
      const option = el(
        "li",
        { role: "option", id: `${id}-choice-${index}`, "aria-selected": "false" },
        el("strong", {}, label),
        " ",
        el("span", { className: "soft" }, about),
      );
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(id, value);
      });
      return option;
    }),
  );
}

function choose(id, value) {
  $(id).value = value;
  complete(id);
}

function keys(id, event) {
  const list = $(id + "-choices");
  if (list.hidden) return;
  const count = list.found.length;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    list.chosen = (list.chosen + (event.key === "ArrowDown" ? 1 : count - (list.chosen < 0 ? 0 : 1))) % count;
    [...list.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === list.chosen)));
    $(id).setAttribute("aria-activedescendant", `${id}-choice-${list.chosen}`);
    list.children[list.chosen].scrollIntoView({ block: "nearest" });
  } else if (event.key === "Escape") {
    list.hidden = true;
  } else if ((event.key === "Enter" || event.key === "Tab") && list.chosen >= 0) {
    event.preventDefault();
    choose(id, list.found[list.chosen][0]);
  }
}

// ---------------------------------------------------------------- files

function drawFile(id) {
  const file = files[id];
  const take = () => {
    files[id] = null;
    drawFile(id);
    $(id).focus();
  };
  const draw = () =>
    el("span", { className: "chip" }, `${file.name} · ${bytes(file.size)} `, button("Take away", take, { className: "link" }));
  fill($(id + "-file"), file ? [{ key: "file", content: file.name, draw }] : [], null, true);
}

function holds(id, file) {
  if (!file) return;
  files[id] = file;
  drawFile(id);
  $(id).focus();
}

function takesFiles(id, around) {
  $(id + "-pick").addEventListener("change", (event) => {
    holds(id, event.target.files[0]);
    event.target.value = "";
  });
  $(id).addEventListener("paste", (event) => holds(id, event.clipboardData?.files[0]));
  around.addEventListener("dragover", (event) => {
    event.preventDefault();
    around.classList.add("over");
  });
  around.addEventListener("dragleave", () => around.classList.remove("over"));
  around.addEventListener("drop", (event) => {
    event.preventDefault();
    around.classList.remove("over");
    holds(id, event.dataTransfer?.files[0]);
  });
}

export function startComposer() {
  for (const [id, form, around] of [
    ["line", "say", "channel"],
    ["reply", "answer", "thread"],
  ]) {
    $(form).addEventListener("submit", (event) => {
      event.preventDefault();
      enter(id, id === "reply" ? where.thread : null);
    });
    $(id).addEventListener("input", () => complete(id));
    $(id).addEventListener("focus", () => complete(id));
    $(id).addEventListener("blur", () => ($(id + "-choices").hidden = true));
    $(id).addEventListener("keydown", (event) => keys(id, event));
    takesFiles(id, $(around));
  }
}
