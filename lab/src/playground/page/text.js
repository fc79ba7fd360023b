// How does text look that Slack shows: mrkdwn, rich text, links, mentions, dates?

import { $, get, me, names, slack } from "./world.js";
import { el, unknown } from "./list.js";
import { emoji, withEmoji } from "./emoji.js";

export const time = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export const moment = (seconds) => (seconds ? when(seconds) : "");

// A text object of Block Kit.
export const words = (text) =>
  !text ? [] : text.type === "mrkdwn" ? mrkdwn(text.text) : [text.emoji === false ? text.text : withEmoji(text.text)];

// Quotes and code that fill lines of their own, and lists, line by line.
export function mrkdwn(text) {
  const parts = [];
  text.split(/```\n?([\s\S]*?)\n?```/).forEach((part, index) => {
    if (index % 2) parts.push(el("pre", {}, plain(part)));
    else if (part) parts.push(...quoted(part));
  });
  return parts;
}

function quoted(text) {
  const parts = [];
  let lines = [],
    inQuote = false;
  const flush = () => {
    if (!lines.length) return;
    parts.push(inQuote ? el("blockquote", {}, inline(lines.join("\n"))) : inline(lines.join("\n")));
    lines = [];
  };
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>) ?(.*)$/s);
    if (Boolean(quote) !== inQuote) {
      flush();
      inQuote = Boolean(quote);
    }
    lines.push(quote ? quote[1] : line);
  }
  flush();
  return parts;
}

const plain = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

// Bold, italic, struck, code, links, mentions, dates. A sign counts only where a word begins or ends.
function inline(text) {
  const parts = [];
  const mark =
    /<([^<>]+)>|`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w~])~([^~\n]+)~(?![\w~])|(?<![\w_])_([^_\n]+)_(?![\w_])/g;
  let from = 0,
    match;
  while ((match = mark.exec(text))) {
    parts.push(withEmoji(plain(text.slice(from, match.index))));
    from = mark.lastIndex;
    const [, angle, code, bold, struck, italic] = match;
    if (angle) parts.push(bracket(angle));
    else if (code) parts.push(el("code", {}, plain(code)));
    else if (bold) parts.push(el("strong", {}, inline(bold)));
    else if (struck) parts.push(el("s", {}, inline(struck)));
    else parts.push(el("em", {}, inline(italic)));
  }
  parts.push(withEmoji(plain(text.slice(from))));
  return parts;
}

function bracket(inside) {
  const [target, label] = inside.split(/\|(.*)/s);
  const date = target.match(/^!date\^(\d+)\^/);
  if (date) return el("span", { title: plain(label || "") }, when(Number(date[1]), label));
  if (target.startsWith("@")) return mention(target.slice(1), label);
  if (target.startsWith("#")) return mention(null, "#" + channel(target.slice(1), label));
  if (target.startsWith("!subteam^")) return mention(null, "@" + (label || target.slice(9)).replace(/^@/, ""));
  if (target.startsWith("!")) return mention(null, "@" + (label || target.slice(1)));
  return link(plain(target), plain(label || target));
}

const channel = (id, label) => slack().channels.find((one) => one.id === id)?.name || label || id;

function mention(id, label) {
  const name = id ? "@" + (names()[id] || label || id) : label;
  return el("span", { className: "mention" + (id === me() ? " mine" : "") }, name);
}

function when(seconds, fallback) {
  const then = new Date(seconds * 1000);
  if (isNaN(then)) return fallback || "";
  const today = new Date(get("clock").now * 1000).toDateString();
  const day = then.toDateString() === today ? "today" : then.toLocaleDateString();
  return day + " " + time(seconds);
}

// The addresses are those of production; what they lead to stands on this page.
export function link(url, label) {
  if (!/^(https?:\/\/|mailto:)/.test(url)) return label;
  const node = el("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, label);
  const inside = within(url);
  if (inside)
    node.addEventListener("click", (event) => {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("go", { detail: inside }));
    });
  return node;
}

// Where on this page an address leads: `{issue}`, `{message}` or `{sir}`.
function within(url) {
  if (url.startsWith(get("jira").site + "/browse/")) return { issue: url.split("/").pop() };
  const message = url.match(/\/archives\/([^/]+)\/p(\d+)(\d{6})/);
  if (message) return { channel: message[1], message: message[2] + "." + message[3] };
  return url.includes("console.aws.amazon.com") ? { sir: (url.match(/\d{10}/) || [""])[0] } : null;
}

export function show(node) {
  if (!node) return;
  node.scrollIntoView({ block: "nearest" });
  node.classList.remove("news");
  void node.offsetWidth;
  node.classList.add("news");
}

export function rich(element) {
  const inner = () => (element.elements || []).map(rich);
  switch (element.type) {
    case "rich_text_preformatted":
      return el("pre", {}, inner());
    case "rich_text_quote":
      return el("blockquote", {}, inner());
    case "rich_text_list":
      return el(
        element.style === "ordered" ? "ol" : "ul",
        { start: (element.offset || 0) + 1, className: "indent" + (element.indent || 0) },
        (element.elements || []).map((item) => el("li", {}, rich(item))),
      );
    case "rich_text_section":
      return el("div", { className: "text" }, inner());
    case "user":
      return mention(element.user_id);
    case "usergroup":
      return mention(null, "@" + element.usergroup_id);
    case "channel":
      return mention(null, "#" + channel(element.channel_id));
    case "broadcast":
      return mention(null, "@" + element.range);
    case "link":
      return link(element.url, element.text || element.url);
    case "date":
      return el("span", { title: element.fallback || "" }, when(element.timestamp, element.fallback));
    case "emoji":
      return emoji(element.name);
    case "text":
      return styled(element);
    default:
      return unknown(element.type);
  }
}

function styled(element) {
  let node = document.createTextNode(element.text);
  const style = element.style || {};
  for (const [name, tag] of [
    ["code", "code"],
    ["bold", "strong"],
    ["italic", "em"],
    ["strike", "s"],
  ])
    if (style[name]) node = el(tag, {}, node);
  return node;
}

// Two letters for a person, in one of eight colours.
export function avatar(name, kind) {
  const letters = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const initials = (letters.length > 1 ? letters[0][0] + letters[1][0] : name.slice(0, 2)).toUpperCase();
  const colour = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 8;
  return el("span", { className: `avatar c${colour} ${kind || ""}`, "aria-hidden": "true" }, initials);
}

export const bytes = (size) => (size < 1000 ? size + " B" : size < 1e6 ? Math.round(size / 1000) + " kB" : (size / 1e6).toFixed(1) + " MB");

// A file's bytes in base64.
export function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

export const submits = (id, work) =>
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    work(event.submitter);
  });

export function take(id) {
  const text = $(id).value.trim();
  $(id).value = "";
  return text;
}
