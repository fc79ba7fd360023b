// What does somebody do who has a minute: which step comes next, and what was shown once all are done?

import { $, all, get, keep, recall } from "./world.js";
import { el, fill } from "./list.js";
import { cases, idOf } from "./sir.js";
import { cardOf, openThread } from "./slack.js";

const comments = (from) => all("sir/").some((one) => one.comments.some(from));
const isAws = (one) => one.creator === "AWS Responder";
const from = (place) => (one) => one.body.split("\n")[0].includes(`(${place})`);
// It posts once only: mended a moment sooner, nothing would have been lost there.
const webhookTried = () => get("bridge").webhook.lost > 0 || !get("switches").on.some((one) => one.place === "slack" && one.trouble === "down");
const isTwice = () => all("sir/").some((one) => one.comments.filter(isAws).length > 1);
// The newest case that stands in Slack: what is answered there needs its thread.
const card = () => cases().map(idOf).map(cardOf).find(Boolean);
const closed = () => all("sir/").some((one) => one.case.caseStatus === "Closed");
const slackBroken = () => get("switches").on.some((one) => one.place === "slack");
const counters = () => get("bridge").counters;

// The words of a button or field stand in “”; `at` is where it is; `is` says that it was done.
const STEPS = [
  { name: "A case", at: "open", words: "Press “AWS opens a case”. It appears in Slack and in Jira.", is: () => card() && all("issue/").length },
  { name: "AWS asks", at: "aws-text", words: "Write something in “Comment as AWS”, press “AWS comments”.", is: () => comments(isAws) },
  { name: "Slack answers", at: "reply", words: "Write in “Reply”, press “Reply”: your words are on the case and the issue.", is: () => comments(from("Slack")) },
  { name: "Jira answers", at: "jira-text", words: "Write in “Comment in Jira”, press “Comment”: now three sides have spoken.", is: () => comments(from("Jira")) },
  { name: "Slack fails", at: "switches-slack", words: "Break Slack: press “Slack: down (503)”.", is: slackBroken },
  { name: "Work goes on", at: "aws-text", words: "Write once more in “Comment as AWS”, press “AWS comments”. It waits for Slack.", is: () => slackBroken() && counters().on_the_way > 0 && isTwice() && webhookTried() },
  { name: "Slack is back", at: "calm", words: "Press “Mend all”.", is: () => !slackBroken() },
  { name: "It drains", at: "hour", words: "Press “+1 h”: what waited is told, once and in order.", is: () => counters().on_the_way === 0 },
  { name: "The end", at: "close", words: "Press “AWS closes”, then “AWS closes it”.", is: closed },
];

export function drawTour() {
  const done = recall("tour", 0);
  const isAnew = !all("sir/").length && done > 0 && done <= STEPS.length;
  const at = isAnew ? 0 : done;
  const step = STEPS[at];
  if (isAnew || step?.is()) {
    keep("tour", isAnew ? 0 : at + 1);
    return drawTour();
  }
  $("tour").hidden = at > STEPS.length || Boolean(get("story").told);
  if ($("tour").hidden) return;
  fill($("tour-steps"), STEPS.map((one, index) => item(one, index, at)), null, true);
  $("tour-words").textContent = step ? step.words : verdict();
  $("tour-shows").hidden = $("tour-steps").hidden = !step;
}

const item = ({ name }, index, at) => ({
  key: name,
  content: [index < at, index === at],
  draw: () =>
    el(
      "li",
      { className: index < at ? "done" : "", ...(index === at ? { "aria-current": "step" } : {}) },
      name,
      index < at ? el("span", { className: "unseen" }, " done") : null,
    ),
});

function verdict() {
  const { lost, doubled, out_of_order } = counters();
  const zeros = lost + doubled + out_of_order === 0;
  const ours = zeros ? "Slack failed, and nothing was lost, doubled or out of order." : "Something went wrong: see above.";
  return `${ours} A webhook beside it: ${inWords(get("bridge").webhook)}. Now break something else, or play a story.`;
}

export const inWords = ({ lost, doubled, out_of_order }) => `${lost} lost, ${doubled} doubled, ${out_of_order} out of order`;

// Puts the focus where the step is done.
function shows() {
  const step = STEPS[recall("tour", 0)];
  const around = step && $(step.at);
  if (!around) return;
  // On a phone no thread opens by itself.
  if (step.at === "reply" && $("thread").hidden) openThread(card()?.message);
  const section = around.closest("main > section, #bridge")?.id;
  if (section) document.dispatchEvent(new CustomEvent("section", { detail: section }));
  const target = around.matches("button, input") ? around : around.querySelector("button");
  target.scrollIntoView({ block: "center" });
  target.focus();
}

export function startTour() {
  $("tour-shows").addEventListener("click", shows);
  $("tour-ends").addEventListener("click", () => {
    keep("tour", STEPS.length + 1);
    drawTour();
    $("story-name").focus();
  });
}
