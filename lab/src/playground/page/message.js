// How does a message look in Slack, and what can be done with it?

import { act, me, names, slack } from "./world.js";
import { button, el } from "./list.js";
import { avatar, bytes, mrkdwn, time } from "./text.js";
import { block } from "./blocks.js";
import { CHOICE, emoji } from "./emoji.js";

const who = (one) => (one.bot_id ? "Casebridge" : names()[one.user] || one.user);
export const isMine = (one) => !one.bot_id && one.user === me();

// `place` is where it stands; `replies` are those below it, where it begins a thread; `open` opens that.
export function message(one, place, replies, open) {
  const press = (action, chosen) =>
    act({ do: "clicks", user: me(), channel: place, ts: one.ts, action, chosen: chosen || null });
  const alone = one.to || one.is_ephemeral;
  const name = who(one);
  return el(
    "article",
    { className: "message" + (alone ? " ephemeral" : ""), id: "message-" + one.ts, "aria-label": "Message of " + name },
    avatar(name, one.bot_id ? "app" : ""),
    el(
      "div",
      { className: "whole" },
      alone ? el("div", { className: "alone" }, "Only visible to you") : null,
      el(
        "div",
        { className: "head" },
        name,
        one.bot_id || one.user === "USLACKBOT" ? el("span", { className: "badge" }, "APP") : null,
        el("span", { className: "when" }, time(Number(one.ts)), one.edited ? " (edited)" : ""),
      ),
      body(one, press),
      (one.files || []).map(file),
      reactions(one, place),
      hint(one),
      replies?.length ? summary(one, replies, open) : null,
      alone ? null : menu(one, place, open),
    ),
  );
}

function body(one, press) {
  if (one.bot_id && one.blocks?.length) return one.blocks.map((it) => block(it, press));
  return one.text ? el("div", { className: "text" }, mrkdwn(one.text)) : null;
}

// What Slackbot refused has another way.
function hint(one) {
  if (one.user !== "USLACKBOT" || !one.thread_ts) return null;
  return el("div", { className: "soft" }, "In a thread, write @Casebridge and the same words.");
}

const file = (file) =>
  el(
    "div",
    { className: "attached" },
    el("span", { className: "kind", "aria-hidden": "true" }, (file.filetype || "file").slice(0, 4)),
    el("span", {}, el("strong", {}, file.name), el("span", { className: "when" }, " " + bytes(file.size || 0))),
  );

function reactions(one, place) {
  if (!one.reactions?.length) return null;
  const chip = ({ name, users }) => {
    const mine = users.includes(me());
    const by = users.map((user) => names()[user] || user).join(", ");
    return button(
      [emoji(name), " " + users.length, el("span", { className: "unseen" }, ` ${name}: ${by}`)],
      () => act({ do: "reacts", user: me(), channel: place, ts: one.ts, name }),
      { className: "reaction" + (mine ? " mine" : ""), title: by },
    );
  };
  return el("div", { className: "reactions" }, one.reactions.map(chip));
}

function summary(one, replies, open) {
  const faces = [...new Set(replies.map(who))].slice(0, 4).map((name) => avatar(name, "small"));
  const count = replies.length === 1 ? "1 reply" : replies.length + " replies";
  return el(
    "div",
    { className: "thread-link" },
    faces,
    button(count, () => open(one.ts), { className: "link" }),
    el("span", { className: "when" }, "last at " + time(Number(replies[replies.length - 1].ts))),
  );
}

// What Slack offers on every message, the app's shortcuts among it.
function menu(one, place, open) {
  const at = { user: me(), channel: place, ts: one.ts };
  const react = (name) => button(emoji(name), () => act({ do: "reacts", ...at, name }), { "aria-label": "React with " + name });
  const shortcut = ({ name, callback_id }) =>
    button(name, () => act({ do: "chooses", ...at, shortcut: callback_id }));
  const edit = (event) => correct(one, at, event.target.closest(".whole"));
  return el(
    "div",
    { className: "menu" },
    open ? button("Reply in thread", () => open(one.ts, true), { className: "link" }) : null,
    el(
      "details",
      {},
      el("summary", {}, "More actions"),
      el(
        "div",
        { className: "actions" },
        CHOICE.map(react),
        isMine(one) ? button("Edit message", edit) : null,
        isMine(one) || one.bot_id ? button("Delete message", () => act({ do: "deletes", ...at }), { className: "danger" }) : null,
        slack().shortcuts.map(shortcut),
      ),
    ),
  );
}

const typed = (text) =>
  text
    .replace(/<@([^>|]+)[^>]*>/g, (_, id) => "@" + (names()[id] || id))
    .replace(/<#[^|>]+\|([^>]*)>/g, "#$1")
    .replace(/<([^>|]+)[^>]*>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

function correct(one, at, around) {
  const input = el("input", { value: typed(one.text || ""), "aria-label": "The message's new words" });
  const form = el("form", { className: "row" }, input, el("button", { className: "primary" }, "Save"), button("Cancel", () => form.remove()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.remove();
    act({ do: "edits", ...at, text: input.value });
  });
  around.append(form);
  input.focus();
}
