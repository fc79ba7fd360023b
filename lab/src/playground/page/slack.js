// What does a person see in Slack: channels, threads, the app's Home, and its direct messages?

import { $, act, all, get, keep, me, own, people, recall, redraw, slack, world } from "./world.js";
import { button, el, fill, fillWindow, options } from "./list.js";
import { show } from "./text.js";
import { block } from "./blocks.js";
import { message } from "./message.js";
import { modal } from "./modal.js";
import { startComposer, target } from "./composer.js";

// Where the person is: a channel's id, `home` or `direct`; which thread is open; up to where they have read.
let place = recall("place", "");
let thread = recall("thread", null);
// Whether it opened by itself: then it follows the newest case.
let follows = thread === null;
let follow = false;
const read = {};

const ROLES = {
  nobody: "no role",
  viewer: "viewer",
  responder: "responder",
  commander: "commander",
  admin: "admin",
  guest: "guest",
  stranger: "of another organisation",
};

const channelId = () => (place === "direct" ? own().direct : place === "home" ? null : place);
const mine = () => slack().channels.filter((one) => !one.is_im && one.members.includes(me()));

export function drawSlack() {
  options(
    $("person"),
    people().map((one) => [one.id, `${one.name} (${ROLES[one.role]})`]),
    recall("person"),
  );
  if (!["home", "direct"].includes(place) && !mine().some((one) => one.id === place))
    place = mine()[0]?.id || "home";
  const said = messages();
  if (thread && !said.some((one) => one.ts === thread)) {
    thread = null;
    follows = true;
  }
  if (follows) openNewest(said);
  $("slack").classList.toggle("threaded", Boolean(thread));
  drawPlaces();
  drawMain(said);
  drawThread(said);
  target(place, channelId(), thread);
  modal(own().view);
}

// What stands in the channel; what only one person sees comes where it was shown.
function messages() {
  const channel = channelId();
  if (!channel) return [];
  const alone = own().ephemerals.filter((one) => one.channel === channel);
  return [...all(`message/${channel}/`), ...alone].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

const isTop = (one) => !one.thread_ts || one.thread_ts === one.ts;

// The newest case's thread opens by itself: there is where the case lives.
function openNewest(said) {
  const begun = new Set(said.filter((one) => !isTop(one) && one.bot_id && !one.is_ephemeral).map((one) => one.thread_ts));
  const newest = said.filter((one) => isTop(one) && begun.has(one.ts)).pop();
  if (newest && matchMedia("(min-width: 1000px)").matches) thread = newest.ts;
}

// ---------------------------------------------------------------- places

function drawPlaces() {
  const direct = own().direct ? all(`message/${own().direct}/`).length : 0;
  if (place === "direct") read[me()] = direct;
  const unread = direct - (read[me()] || 0);
  const sign = (one) => (one.is_private ? "🔒 " : "# ");
  const channels = mine().map((one) => [
    one.id,
    sign(one) + one.name + (one.is_archived ? " (archived)" : one.is_shared ? " (shared)" : ""),
  ]);
  const app = (name) => [el("span", { className: "unseen" }, "Casebridge: "), name];
  const places = [...channels, ["home", app("Home")], ["direct", app("Messages")]];
  const item = ([name, label]) =>
    button(
      [
        label,
        name === "direct" && unread > 0
          ? [" ", el("span", { className: "pill" }, String(unread), el("span", { className: "unseen" }, " unread"))]
          : null,
      ],
      () => go(name),
      { "aria-current": String(name === place) },
    );
  const heading = (name) => ({ key: name, content: name, draw: () => el("h3", {}, name) });
  const shown = places.map((one) => ({
    key: one[0],
    content: [one[0] === "home" || one[0] === "direct" || one[1], one[0] === place, one[0] === "direct" && unread],
    draw: () => item(one),
  }));
  shown.splice(channels.length, 0, heading("Casebridge app"));
  fill($("places"), [heading("Channels"), ...shown], null, true);
}

function go(to) {
  if (place !== to) {
    thread = null;
    follows = true;
  }
  place = to;
  keep("place", place);
  keep("thread", thread);
  world.draw();
  if (place === "home") act({ do: "opens_home", user: me() });
}

// ---------------------------------------------------------------- channel and Home

function drawMain(said) {
  const list = $("messages");
  fresh(list, place + me());
  if (place === "home") return void fill(list, home(), nothing, true);
  const replies = new Map();
  for (const one of said.filter((one) => !isTop(one)))
    replies.set(one.thread_ts, [...(replies.get(one.thread_ts) || []), one]);
  const tops = said.filter(isTop);
  const channel = channelId();
  const shown = (ts) => (replies.get(ts) || []).filter((one) => !one.is_ephemeral);
  const item = (one) => ({
    key: one.ts,
    content: [one.blocks, one.text, one.files, one.reactions, one.edited, shown(one.ts).length],
    draw: () => message(one, channel, shown(one.ts), place === "direct" ? null : openThread),
  });
  reveal(list, () => fillWindow(list, tops.map(item), nothing));
}

function drawThread(said) {
  const pane = $("thread");
  pane.hidden = !thread;
  if (!thread) return;
  const list = $("replies");
  fresh(list, place + thread + me());
  const channel = channelId();
  const item = (one) => ({
    key: one.ts,
    content: [one.blocks, one.text, one.files, one.reactions, one.edited],
    draw: () => message(one, channel, null, null),
  });
  const first = said.find((one) => one.ts === thread);
  const below = said.filter((one) => one.thread_ts === thread && one.ts !== thread);
  $("thread-about").textContent = title(first);
  // Where the channel has no room beside it, the thread begins with what it is about.
  const items = [...(matchMedia("(max-width: 1500px)").matches ? [first] : []), ...below].map(item);
  reveal(list, () => fillWindow(list, items, () => el("p", { className: "empty" }, "No reply yet.")));
}

const title = (one) => (one?.blocks?.find((block) => block.type === "header")?.text?.text || one?.text || "").replace(/[`*~]/g, "").slice(0, 80);

// A list that shows something else now begins anew.
function fresh(list, shows) {
  if (list.shown === shows) return;
  list.shown = shows;
  list.items = null;
  list.wasMany = false;
  list.replaceChildren();
}

// Who is at the end stays there; who did something sees what came of it.
function reveal(list, work) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const first = !list.items;
  const news = work();
  if (first || (atEnd && !list.many)) list.scrollTop = list.scrollHeight;
  if (follow && news.length && !first) {
    news[news.length - 1].scrollIntoView({ block: "nearest" });
    follow = false;
  }
}

export function openThread(ts, writes) {
  thread = ts;
  follows = false;
  keep("thread", thread);
  world.draw();
  if (writes) $("reply").focus();
}

const nothing = () =>
  place === "home"
    ? el("p", { className: "empty" }, "Casebridge is laying out your Home …")
    : place === "direct"
      ? el("p", { className: "empty" }, "Casebridge has not written to you yet. What you do on its Home is answered here.")
      : el(
          "div",
          { className: "empty" },
          el("p", {}, "Nothing has been said here yet. Begin: let AWS open a case on the left, or open Casebridge and press New case."),
          button("Open Casebridge", () => go("home"), { className: "primary" }),
        );

function home() {
  const view = own().home;
  if (!view) return [];
  const press = (action, chosen) =>
    act({ do: "clicks_in_view", user: me(), view: view.id, action, chosen: chosen || null });
  const draw = () =>
    el(
      "div",
      { className: "home" },
      view.blocks.map((one) => block(one, press)),
    );
  return [{ key: "home", content: view.hash, draw }];
}

// ---------------------------------------------------------------- from elsewhere

function goToMessage({ channel, message: ts }) {
  const one = get(`message/${channel}/${ts}`);
  if (!one) return;
  if (place !== channel) go(channel);
  if (!isTop(one)) openThread(one.thread_ts);
  else if (all(`message/${channel}/`).some((reply) => reply.thread_ts === ts)) openThread(ts);
  world.draw();
  show($("message-" + ts));
}

// Looks at Slack as somebody else.
export function is(person) {
  $("person").value = person;
  keep("person", person);
  redraw();
}

// Looks at a channel, by its name.
export function goesTo(name) {
  const one = slack().channels.find((one) => one.name === name);
  if (one && one.id !== place) go(one.id);
}

// The card of a case, wherever it stands.
export function cardOf(id) {
  const about = (one) => one.bot_id && isTop(one) && JSON.stringify(one.blocks || "").includes(id);
  for (const channel of slack().channels) {
    const found = all(`message/${channel.id}/`).find(about);
    if (found) return { channel: channel.id, message: found.ts };
  }
  return null;
}

export function startSlack() {
  startComposer();
  world.acted = (what) => {
    follow = ["says", "shares", "clicks", "chooses", "submits"].includes(what.do);
  };
  $("person").addEventListener("change", () => {
    keep("person", me());
    go(place);
  });
  $("close-thread").addEventListener("click", () => {
    // Closed by hand, it does not open by itself again.
    thread = "";
    follows = false;
    keep("thread", thread);
    world.draw();
    $("line").focus();
  });
  document.addEventListener("go", ({ detail }) => detail.message && goToMessage(detail));
}
