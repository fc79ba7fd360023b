// What stands at AWS and in Jira, what do people do there, and how does the page begin?
//
// world.js asks and acts; list.js keeps elements; text.js, blocks.js and field.js show Block Kit; modal.js shows forms;
// slack.js is the section in the middle.

import { $, act, watch, world } from "./world.js";
import { el, fill, options } from "./list.js";
import { link, time } from "./text.js";
import { drawSlack, startSlack } from "./slack.js";

function caseItem(one) {
  const ours = one.resolver === "Self" || one.pending === "Customer";
  const move = one.status === "Closed" ? "closed" : ours ? "your move" : "AWS's move";
  const worked = one.resolver === "AWS" ? "AWS works it" : "self-managed";
  const list = (name, items) =>
    items.length ? el("div", { className: "facts" }, `${name}: ${items.join(", ")}`) : null;
  return el(
    "div",
    { className: "item", id: "case-" + one.id },
    el("h3", {}, one.title),
    el("div", { className: "facts" }, `${one.id} · ${one.status} · ${worked} · ${move}`),
    list("Watchers", one.watchers),
    list(
      "Files",
      one.files.map((file) => `${file.name} (${file.status})`),
    ),
    one.description ? el("div", { className: "text" }, one.description) : null,
    one.investigations.map((step) => says(`AI agent · ${step.status}${rated(step)}`, `${step.title}: ${step.content}`)),
    one.comments.map((comment) => says(`${String(comment.by).split("/").pop()} · ${time(comment.at)}`, comment.text)),
  );
}

const rated = ({ useful, why }) =>
  !useful
    ? ""
    : (useful === "USEFUL" ? " · you found it useful" : " · you found it not useful") + (why ? ": " + why : "");

function issueItem(one) {
  return el(
    "div",
    { className: "item", id: "issue-" + one.key },
    el("h3", {}, one.key + " ", el("span", { className: "pill " + one.category }, one.status)),
    el("div", {}, one.summary),
    el(
      "div",
      { className: "facts" },
      one.links.map((it) => [link(it.url, it.title), " "]),
    ),
    one.comments.map((comment) => says(comment.by, comment.text)),
  );
}

const says = (by, text) =>
  el("div", { className: "says" }, el("div", { className: "when" }, by), el("div", { className: "text" }, text));
const empty = (words) => () => el("p", { className: "empty" }, words);

function draw() {
  const { sir, jira } = world.seen;
  options(
    $("case"),
    sir.map((one) => [one.id, one.id + " " + one.title]),
  );
  options(
    $("issue"),
    jira.map((one) => [one.key, one.key + " " + one.summary]),
  );
  allow();
  fill(
    $("cases"),
    sir.map((one) => ({ key: one.id, content: one, draw: () => caseItem(one) })),
    empty("No case yet. Open one in Slack, or let AWS open one below."),
  );
  fill(
    $("issues"),
    jira.map((one) => ({ key: one.key, content: one, draw: () => issueItem(one) })).reverse(),
    empty("No issue yet. Every case gets one."),
  );
  drawSlack();
}

// Nothing can be done on a closed case, and AWS's agent looks only into what AWS works.
function allow() {
  const chosen = world.seen.sir.find((one) => one.id === $("case").value);
  $("aws").disabled = !world.seen.sir.some((one) => one.status !== "Closed");
  for (const id of ["aws-text", "set", "pending", "close", "status", "investigate"])
    $(id).disabled = !chosen || chosen.status === "Closed";
  if (chosen && chosen.resolver !== "AWS") $("investigate").disabled = true;
  $("work").disabled = !world.seen.jira.length;
}

function submits(id, work) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    work(event.submitter);
  });
}
const presses = (id, work) => $(id).addEventListener("click", () => act(work()));
const take = (id) => {
  const text = $(id).value.trim();
  $(id).value = "";
  return text;
};
const change = (values) => ({ do: "aws_changes", case: $("case").value, change: values });

submits("open", async (button) => {
  await act({ do: "opens_case", title: $("title").value, aws: !button || button.name === "aws" });
  $("case").selectedIndex = 0;
  allow();
});
submits("comment", () => act({ do: "aws_comments", case: $("case").value, text: take("aws-text") }));
submits("remark", () => act({ do: "jira_comments", issue: $("issue").value, text: take("jira-text") }));
presses("set", () => change({ caseStatus: $("status").value }));
presses("pending", () => change({ pendingAction: "Customer" }));
presses("close", () => ({ do: "aws_closes", case: $("case").value }));
presses("investigate", () => ({
  do: "investigates",
  case: $("case").value,
  title: "Sign-ins of the last day",
  content: "The key was used 14 times from a country in which nobody of the team is.",
}));
presses("move", () => ({ do: "jira_moves", issue: $("issue").value, status: $("column").value }));
presses("again", () => ({ do: "events_again" }));
$("case").addEventListener("change", allow);

world.draw = draw;
startSlack();
watch();
