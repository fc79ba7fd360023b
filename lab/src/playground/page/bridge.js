// What does the bridge do, what waits, and is anything lost, doubled, or out of order?

import { $, all, get, slack } from "./world.js";
import { el, fill, fillWindow } from "./list.js";
import { inWords } from "./tour.js";

const PLACES = { sir: "AWS", slack: "Slack", jira: "Jira", table: "table", worker: "worker", pagerduty: "pager", webhook: "webhook" };

const SIGNS = {
  event: ["event", "arrives from AWS"],
  meddled: ["trouble", ""],
  takes: ["takes", "a worker takes the case"],
  intent: ["intent", "is written down before it is sent:"],
  sends: ["sends", ""],
  reads: ["reads", ""],
  done: ["done", "stands there:"],
  waits: ["waits", "nothing is sent before"],
  parked: ["parked", "a person is needed:"],
  rests: ["rests", "the worker gives the case back"],
  killed: ["killed", "the worker was killed; its work comes again"],
  asked: ["asked", "a person's request at our door"],
  switched: ["switch", ""],
};

// To the second, and as narrow as it is everywhere.
const SECONDS = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

// A key of the ledger as people would call it.
function called(key, id) {
  const [kind, what] = key.split("/");
  const comments = id ? get("sir/" + id)?.comments || [] : [];
  const at = comments.findIndex((one) => one.commentId === what);
  if (kind === "comment") return at >= 0 ? "comment " + (at + 1) : "comment " + what;
  if (kind === "home") return "the card or issue";
  if (kind === "changes" || kind === "change") return "change " + what;
  if (kind === "investigation") return "what the AI agent found";
  return key.replace(/\/0$/, "").replace("/", " ");
}

export function drawBridge() {
  const { counters, webhook, events, jobs, held, budgets } = get("bridge");
  count("lost", counters.lost);
  count("doubled", counters.doubled);
  count("disordered", counters.out_of_order);
  count("under-way", counters.on_the_way, true);
  $("half").textContent = counters.half_within === null ? "–" : duration(counters.half_within);
  $("webhook-counts").textContent = inWords(webhook);
  $("webhook").classList.toggle("wrong", webhook.lost + webhook.doubled + webhook.out_of_order > 0);
  fill(
    $("why"),
    counters.why.slice(0, 5).map((why) => ({ key: why, content: why, draw: () => el("li", {}, why) })),
    null,
    true,
  );
  const waits = [
    ...(events ? [["events", `${events} ${events === 1 ? "event" : "events"} on the way from AWS`]] : []),
    ...(jobs ? [["jobs", `${jobs} ${jobs === 1 ? "job" : "jobs"} of people's`]] : []),
    ...(counters.on_the_way && !held.length ? [["untold", `${counters.on_the_way} not told yet: tried again soon`]] : []),
    ...held.slice(0, 12).map((one) => [one.case + one.target, heldWords(one)]),
  ];
  fill(
    $("held"),
    waits.map(([key, words]) => ({ key, content: words, draw: () => el("li", {}, words) })),
    () => el("li", { className: "empty" }, "Nothing waits."),
    true,
  );
  drawBudgets(budgets);
  drawOutside(get("outside"));
  drawFeed();
}

// What a service still allows, and what it asked to be left alone for.
function drawBudgets(budgets) {
  const words = Object.entries(budgets).map(([name, one]) => [name, budgetWords(name, one)]);
  const shown = words.filter(([, words]) => words);
  $("spending").hidden = !shown.length;
  fill($("budgets"), shown.map(([key, words]) => ({ key, content: words, draw: () => el("li", {}, words) })), null, true);
}

function budgetWords(name, { every, taken, free }) {
  const [service, ...rest] = name.split("/");
  const what = slack().channels.reduce((what, { id, name }) => what.replace(id, "#" + name), rest.join("/"));
  const about = `${PLACES[service]} ${what}: `;
  const left = Math.round(free / 1000) - get("clock").now;
  if (every === null) return left > 0 ? `${about}asked to be left alone, again in ${duration(left * 1000)}` : null;
  return `${about}one each ${duration(every)}, ${taken} taken` + (left > 0 ? `, the next in ${duration(left * 1000)}` : "");
}

// Whom the pager woke, and what the settings' webhook received.
function drawOutside({ pager, webhook }) {
  $("elsewhere").hidden = !pager.length && !webhook.length;
  const alert = (one) => [el("span", { className: "pill " + one.state }, one.state), ` PagerDuty ${at(one.at)}: ${one.summary}`];
  const event = ({ type, timestamp, data }) => `Webhook ${at(Date.parse(timestamp))}: ${type} ${data.case}${data.status ? ", " + data.status : ""}`;
  const item = (draw) => (one, index) => ({ key: draw.name + index, content: one, draw: () => el("li", {}, draw(one)) });
  fill($("outside"), [...pager.map(item(alert)), ...webhook.map(item(event)).reverse()], null, true);
}

function heldWords({ case: id, target, why, until }) {
  const what = why ? called(why, id) : "the next line";
  const left = Math.round(until / 1000) - get("clock").now;
  return `${id} → ${PLACES[target]}: ${what}` + (left > 0 ? `, again in ${duration(left * 1000)}` : "");
}

function count(id, value, isCalm) {
  const node = $(id);
  if (node.textContent === String(value)) return;
  node.textContent = String(value);
  node.parentElement.classList.toggle("wrong", !isCalm && value > 0);
}

export function duration(millis) {
  const seconds = millis / 1000;
  if (seconds < 0.1) return "<0.1 s";
  if (seconds < 10) return seconds.toFixed(1) + " s";
  if (seconds < 100) return Math.round(seconds) + " s";
  if (seconds < 6000) return Math.round(seconds / 60) + " min";
  return Math.round(seconds / 3600) + " h";
}

function drawFeed() {
  const reads = $("reads").checked;
  const isQuiet = (one) => !isBad(one) && (one.kind === "reads" || one.what === "auth.test");
  const steps = all("step/").filter((one) => reads || !isQuiet(one));
  const list = $("feed");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  let number = 0;
  const numbered = steps.map((one) => ({ ...one, key: one.at + "/" + one.kind + "/" + one.what + "/" + number++ }));
  fillWindow(
    list,
    numbered.map((one) => ({ key: one.key, content: one, draw: () => line(one) })),
    () => el("p", { className: "empty" }, "Let AWS open a case: each step that follows is listed here."),
  );
  if (atEnd && !list.many) list.scrollTop = list.scrollHeight;
}

const isBad = ({ how }) => how && !/^(2\d\d|on|off|already_\w+)$/.test(how);

function line(one) {
  const [sign, words] = SIGNS[one.kind];
  const time = new Date(one.at).toLocaleTimeString([], SECONDS);
  return el(
    "div",
    { className: "step " + one.kind + (isBad(one) ? " bad" : "") },
    el("span", { className: "when" }, time),
    el("span", { className: "sign" }, sign),
    el("span", { className: "at " + one.place }, PLACES[one.place] || one.place),
    el("span", { className: "what" }, text(one, words), one.how ? [" ", el("strong", {}, one.how)] : null),
  );
}

const at = (millis) =>
  millis ? new Date(Number(millis)).toLocaleTimeString([], SECONDS) : "";

function text(one, words) {
  // One case alone is meant without a word.
  const about = one.case && all("sir/").length > 1 ? one.case + " " : "";
  switch (one.kind) {
    case "reads":
      return about + (one.how ? one.what : "finds there: " + called(one.what, one.case));
    case "intent":
    case "done":
      return about + words + " " + called(one.what, one.case);
    case "takes":
      return about + words + ", until " + at(one.what) + " at most";
    case "rests":
      return about + words + (one.what ? "; next look at " + at(one.what) : "");
    case "waits":
      return about + words + " " + at(one.what);
    case "killed":
      return words + (one.what ? " at " + at(one.what) : "");
    case "event":
      return about + one.what + " " + words;
    default:
      return about + [words, one.what].filter(Boolean).join(" ");
  }
}
