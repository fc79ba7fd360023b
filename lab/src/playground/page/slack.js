// What does a person see and do in Slack: the channel, the app's Home, its direct messages, and their menus?

import { $, act, me, names, person, world } from "./world.js";
import { el, fill, options } from "./list.js";
import { mrkdwn, time } from "./text.js";
import { block } from "./blocks.js";
import { modal } from "./modal.js";

// Where the person is: `channel`, `home` or `direct`; in which thread an answer goes; up to where they have read.
let place = "channel";
let thread = null;
let follow = false;
const read = {};

export function drawSlack() {
  const { slack } = world.seen;
  options(
    $("person"),
    slack.people.map((one) => [one.id, one.name]),
  );
  drawPlaces();
  $("composer").hidden = place !== "channel";
  const list = $("messages");
  if (list.place !== place + me()) {
    list.items = null;
    list.place = place + me();
    list.replaceChildren();
  }
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const first = !list.items;
  const news = fill(list, place === "home" ? home() : messages(), nothing, place === "home");
  if (place !== "home") scroll(list, news, atEnd, first);
  modal(person().view);
}

function scroll(list, news, atEnd, first) {
  if (follow && news.length && !first) {
    // Who did something wants to see what came of it.
    news.pop().scrollIntoView({ block: "nearest" });
    follow = false;
  } else if (atEnd || first) list.scrollTop = list.scrollHeight;
}

// ---------------------------------------------------------------- places

function drawPlaces() {
  const { messages } = person().direct;
  if (place === "direct") read[me()] = messages.length;
  const unread = messages.length - (read[me()] || 0);
  const places = [
    ["channel", "# security"],
    ["home", "Casebridge: Home"],
    ["direct", "Casebridge: Messages"],
  ];
  const button = ([name, label]) =>
    el(
      "button",
      { type: "button", "aria-current": String(name === place), on: () => go(name) },
      label,
      name === "direct" && unread
        ? [" ", el("span", { className: "pill" }, String(unread), el("span", { className: "unseen" }, " unread"))]
        : null,
    );
  fill(
    $("places"),
    places.map((one) => ({
      key: one[0],
      content: [one[0] === place, one[0] === "direct" && unread],
      draw: () => button(one),
    })),
    null,
    true,
  );
}

function go(to) {
  place = to;
  world.draw();
  if (place === "home") act({ do: "opens_home", user: me() });
}

const nothing = () =>
  place === "home"
    ? el("p", { className: "empty" }, "Casebridge is laying out your Home …")
    : place === "direct"
      ? el(
          "p",
          { className: "empty" },
          "Casebridge has not written to you yet. What you do on its Home is answered here.",
        )
      : el(
          "div",
          { className: "empty" },
          el(
            "p",
            {},
            "Nothing has been said yet. Begin here: open Casebridge, press New case, and fill in the form. The case then shows up in this channel, at AWS, and in Jira.",
          ),
          el("button", { type: "button", className: "primary", on: () => go("home") }, "Open Casebridge"),
        );

// ---------------------------------------------------------------- home

function home() {
  const view = person().home;
  if (!view) return [];
  const press = (action, chosen) =>
    act({ do: "clicks_in_view", user: me(), view: view.id, action, chosen: chosen || null });
  return [
    {
      key: "home",
      content: view.hash,
      draw: () =>
        el(
          "div",
          { className: "message" },
          view.blocks.map((one) => block(one, press)),
        ),
    },
  ];
}

// ---------------------------------------------------------------- messages

// Threads stand below their first message; what only one person sees comes where it was shown.
function messages() {
  const channel = place === "direct" ? person().direct.channel : world.seen.slack.channel;
  const said = place === "direct" ? person().direct.messages : world.seen.slack.messages;
  const all = [...said, ...person().ephemerals.filter((one) => one.channel === channel)].sort((a, b) =>
    a.ts < b.ts ? -1 : 1,
  );
  const tops = all.filter((one) => !one.thread_ts || one.thread_ts === one.ts);
  const replies = (ts) => all.filter((one) => one.thread_ts === ts && one.ts !== ts);
  const item = (one, isReply) => ({
    key: one.ts,
    content: [one.blocks, one.text, one.files],
    draw: () => message(one, channel, isReply),
  });
  return tops.flatMap((one) => [item(one, false), ...replies(one.ts).map((reply) => item(reply, true))]);
}

function message(one, channel, isReply) {
  const press = (action, chosen) =>
    act({ do: "clicks", user: me(), channel, ts: one.ts, action, chosen: chosen || null });
  const by = one.bot_id ? "Casebridge" : one.user === "USLACKBOT" ? "Slackbot" : names()[one.user] || one.user;
  const alone = one.to || one.is_ephemeral;
  const head = el(
    "div",
    { className: "head" },
    by,
    el("span", { className: "when" }, time(Number(one.ts)), alone ? " · only you can see this" : ""),
  );
  // What people write is kept as text; Slack's own clients would show their mentions.
  const body =
    one.bot_id && one.blocks && one.blocks.length
      ? one.blocks.map((it) => block(it, press))
      : one.text
        ? [el("div", { className: "text" }, mrkdwn(one.text))]
        : [];
  const files = (one.files || []).map((file) =>
    el("div", {}, el("span", { className: "chip" }, `File: ${file.name} · ${size(file.size)}`)),
  );
  return el(
    "div",
    { className: "message" + (isReply ? " reply" : "") + (alone ? " ephemeral" : ""), id: "message-" + one.ts },
    head,
    body,
    files,
    alone ? null : menu(one, channel, isReply),
  );
}

const size = (bytes) => (bytes < 1000 ? bytes + " B" : Math.round(bytes / 1000) + " kB");

// What Slack offers on every message, the app's shortcuts among it.
function menu(one, channel, isReply) {
  const shortcut = ({ name, callback_id }) =>
    el(
      "button",
      { type: "button", on: () => act({ do: "chooses", user: me(), channel, ts: one.ts, shortcut: callback_id }) },
      name,
    );
  const answer =
    isReply || place === "direct"
      ? null
      : el("button", { type: "button", className: "link", on: () => target(one.ts) }, "Reply in thread");
  return el(
    "div",
    { className: "menu" },
    answer,
    el(
      "details",
      {},
      el("summary", {}, "More actions"),
      el("div", { className: "actions" }, world.seen.slack.shortcuts.map(shortcut)),
    ),
  );
}

// ---------------------------------------------------------------- composer

function target(ts) {
  thread = ts;
  $("target").replaceChildren(
    ...(ts
      ? [
          el("span", { className: "chip" }, "Reply in the thread of " + time(Number(ts)) + " "),
          el("button", { type: "button", className: "link", on: () => target(null) }, "to the channel instead"),
        ]
      : []),
  );
  $("line").placeholder = ts ? "A reply becomes a comment · @Casebridge status …" : "/sir · /sir help · or a message";
  if (ts) $("line").focus();
}

async function send() {
  const [file] = $("file").files,
    line = $("line").value.trim();
  if (!line && !file) return;
  const what =
    file && !line.startsWith("/")
      ? {
          do: "shares",
          text: line,
          thread,
          name: file.name,
          mimetype: file.type || "application/octet-stream",
          bytes: await base64(file),
        }
      : { do: "says", text: line, thread };
  $("line").value = "";
  if (what.do === "shares") $("file").value = "";
  await act({ ...what, user: me() });
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

export function startSlack() {
  target(null);
  world.acted = (what) => {
    follow = ["says", "shares", "clicks", "chooses", "submits"].includes(what.do);
  };
  $("say").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  $("person").addEventListener("change", () => {
    target(null);
    go(place);
  });
}
