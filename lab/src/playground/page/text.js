// How does text look that Slack shows: mrkdwn, rich text, links, mentions, dates?

import { $, names, world } from "./world.js";
import { el } from "./list.js";

export const time = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// A text object of Block Kit.
export const words = (text) => (!text ? [] : text.type === "mrkdwn" ? mrkdwn(text.text) : [text.text]);

// Bold, struck, code, links, mentions, dates.
export function mrkdwn(text) {
  const parts = [],
    plain = (t) => t.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  const mark = /<([^<>]+)>|\*([^*\n]+)\*|~([^~\n]+)~|`([^`\n]+)`/g;
  let from = 0,
    match;
  while ((match = mark.exec(text))) {
    parts.push(plain(text.slice(from, match.index)));
    from = mark.lastIndex;
    const [, angle, bold, struck, code] = match;
    if (angle) parts.push(bracket(angle, plain));
    else if (bold) parts.push(el("strong", {}, ...mrkdwn(bold)));
    else if (struck) parts.push(el("s", {}, ...mrkdwn(struck)));
    else parts.push(el("code", {}, plain(code)));
  }
  parts.push(plain(text.slice(from)));
  return parts;
}

function bracket(inside, plain) {
  const [target, label] = inside.split(/\|(.*)/s);
  const date = target.match(/^!date\^(\d+)\^/);
  if (date) return el("span", { title: plain(label || "") }, when(Number(date[1]), label));
  if (target.startsWith("@")) return mention(names()[target.slice(1)] || label || target.slice(1));
  if (target.startsWith("!")) return mention(label || target.slice(1));
  return link(plain(target), plain(label || target));
}

const mention = (name) => el("span", { className: "mention" }, "@" + name);

function when(seconds, fallback) {
  const then = new Date(seconds * 1000);
  if (isNaN(then)) return fallback || "";
  const day = then.toDateString() === new Date().toDateString() ? "today" : then.toLocaleDateString();
  return day + " " + time(seconds);
}

// The addresses are those of production; what they lead to stands on this page.
export function link(url, label) {
  if (!/^https?:\/\//.test(url)) return label;
  const inside = url.startsWith(world.seen.jira_site + "/browse/")
    ? "issue-" + url.split("/").pop()
    : /\/archives\/[^/]+\/p\d+$/.test(url)
      ? "message-" +
        url
          .split("/p")
          .pop()
          .replace(/(\d{6})$/, ".$1")
      : url.includes("console.aws.amazon.com")
        ? "sir"
        : null;
  const node = el("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, label);
  if (inside)
    node.addEventListener("click", (event) => {
      event.preventDefault();
      const there = $(inside);
      if (!there) return;
      there.scrollIntoView({ block: "center", behavior: "smooth" });
      there.classList.remove("news");
      void there.offsetWidth;
      there.classList.add("news");
    });
  return node;
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
        "ul",
        {},
        (element.elements || []).map((item) => el("li", {}, rich(item))),
      );
    case "rich_text_section":
      return el("div", { className: "text" }, inner());
    case "user":
      return mention(names()[element.user_id] || element.user_id);
    case "link":
      return link(element.url, element.text || element.url);
    case "date":
      return el("span", { title: element.fallback || "" }, when(element.timestamp, element.fallback));
    case "emoji":
      return ":" + element.name + ":";
    case "text":
      return styled(element);
    default:
      return element.text || "";
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
