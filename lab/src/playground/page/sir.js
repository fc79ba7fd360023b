// What stands at AWS, and what does AWS do there?

import { $, act, all, get, keep, recall } from "./world.js";
import { button, el, fill, options } from "./list.js";
import { base64, bytes, moment, show, submits, take } from "./text.js";
import { cardOf } from "./slack.js";
import { sure } from "./blocks.js";

const STEPS = [
  "Submitted",
  "Acknowledged",
  "Detection and Analysis",
  "Containment, Eradication and Recovery",
  "Post-incident Activities",
  "Ready to Close",
  "Closed",
];

// What AWS can change of a case: how it is called, what UpdateCase calls it, and what is sent of what is typed.
const text = (typed) => typed;
const seconds = (typed) => Math.floor(new Date(typed) / 1000);
const FIELDS = {
  Title: { name: "title", sent: text },
  Description: { name: "description", sent: text },
  Type: { name: "engagementType", sent: text, choice: ["Security Incident", "Investigation"] },
  "Reported start": { name: "reportedIncidentStartDate", sent: seconds, type: "datetime-local" },
  "Actual start": { name: "actualIncidentStartDate", sent: seconds, type: "datetime-local" },
  "Impacted account": { list: "impactedAccounts", sent: text },
  "Impacted service": { list: "impactedServices", sent: text },
  "Impacted Region": { list: "impactedAwsRegions", sent: (region) => ({ region }) },
  "Threat actor's address": { list: "threatActorIpAddresses", sent: (ipAddress) => ({ ipAddress }) },
  "Watcher's e-mail": { list: "watchers", sent: (email) => ({ email }) },
};

let chosen = recall("case", "");
let newest = "";

export const idOf = (whole) => whole.case.caseArn.split("/").pop();
export const cases = () => all("sir/").reverse();
const current = () => get("sir/" + chosen);

export function drawSir() {
  const known = cases();
  const first = known.length ? idOf(known[0]) : "";
  // Whoever opens a case wants to see it.
  if (!current() || (newest && first !== newest)) chosen = first;
  newest = first;
  // One alone is told by what stands below.
  $("cases").hidden = known.length === 1;
  fill(
    $("cases"),
    known.map((one) => ({
      key: idOf(one),
      content: [one.case.title, one.case.caseStatus, isPending(one.case), idOf(one) === chosen],
      draw: () => row(one),
    })),
    () => el("p", { className: "empty" }, "No case yet. Let AWS open one below, or open one in Slack."),
  );
  const one = current();
  fill($("case"), one ? [{ key: chosen, content: [one, get("clock").now > 0], draw: () => detail(one) }] : [], null, true);
  allow(one);
  options($("membership-of"), get("memberships").map((it) => [it.membershipId, `${it.membershipName} (${it.membershipStatus})`]));
}

// As the service has it: an answer of ours does not end what AWS waits for, AWS does.
const isPending = (one) => one.caseStatus !== "Closed" && one.pendingAction === "Customer";

function row(one) {
  const id = idOf(one);
  const choose = () => {
    chosen = id;
    keep("case", id);
    drawSir();
  };
  return el(
    "div",
    { className: "row-item", id: "row-" + id },
    button(
      [el("span", { className: "name" }, one.case.title), el("span", { className: "soft" }, `${id} · ${one.case.caseStatus}` + (isPending(one.case) ? " · action pending" : ""))],
      choose,
      { className: "pick", "aria-current": String(id === chosen) },
    ),
  );
}

function detail(one) {
  const it = one.case,
    id = idOf(one);
  const card = cardOf(id);
  return el(
    "article",
    { className: "detail", id: "case-" + id },
    el("h3", {}, it.title),
    el("div", { className: "facts" }, `Case ${id} · ${it.resolverType === "AWS" ? "AWS works it" : "self-managed"} · ${it.engagementType || ""}`),
    stepper(it.caseStatus),
    el(
      "p",
      { className: "turn" + (isPending(it) ? " ours" : "") },
      it.caseStatus === "Closed" ? "Closed" + (it.closureCode ? ": " + it.closureCode : "") : isPending(it) ? "Pending action: Customer" : "Pending action: None",
      card ? [" · ", button("its card in Slack", () => go(card), { className: "link" })] : null,
    ),
    section("Communications", [...one.comments].reverse().map((comment) => communication(id, comment, it)), one.comments.length, true),
    section("Description", it.description ? el("div", { className: "text" }, it.description) : null, 0, true),
    section("AI agent", one.investigations.map(step), one.investigations.length, true),
    section("Impact", impact(it), count(it, ["impactedAccounts", "impactedAwsRegions", "impactedServices"])),
    section("Threat actors", chips(it.threatActorIpAddresses, (actor) => actor.ipAddress), count(it, ["threatActorIpAddresses"])),
    section("Watchers", chips(it.watchers, (watcher) => watcher.email), count(it, ["watchers"]), true),
    section("Attachments", (it.caseAttachments || []).map((file) => attachment(id, file)), count(it, ["caseAttachments"]), true),
    section("Activity", one.edits.map(edit), one.edits.length),
    section("Tags", chips(Object.entries(one.tags || {}), ([name, value]) => `${name} = ${value}`), Object.keys(one.tags || {}).length),
  );
}

const go = (detail) => document.dispatchEvent(new CustomEvent("go", { detail }));
const count = (it, names) => names.reduce((sum, name) => sum + (it[name] || []).length, 0);

function stepper(status) {
  const at = STEPS.indexOf(status);
  const item = (name, index) =>
    el(
      "li",
      { className: index < at ? "done" : index === at ? "now" : "", ...(index === at ? { "aria-current": "step" } : {}) },
      name,
    );
  return el("ol", { className: "stepper", "aria-label": "Status" }, STEPS.map(item));
}

function section(name, content, count, isOpen) {
  if (Array.isArray(content) ? !content.length : !content) return null;
  return el(
    "details",
    { open: Boolean(isOpen), "data-name": name },
    el("summary", {}, name, count ? el("span", { className: "soft" }, " " + count) : null),
    content,
  );
}

const chips = (items, name) =>
  (items || []).length ? el("div", { className: "chips" }, items.map((one) => el("span", { className: "chip" }, name(one)))) : null;

function impact(it) {
  const line = (name, items) => (items.length ? el("div", {}, el("span", { className: "soft" }, name + " "), items.join(", ")) : null);
  const lines = [
    line("Accounts", it.impactedAccounts || []),
    line("Regions", (it.impactedAwsRegions || []).map((one) => one.region)),
    line("Services", it.impactedServices || []),
    line("Reported start", [moment(it.reportedIncidentStartDate)].filter(Boolean)),
    line("Actual start", [moment(it.actualIncidentStartDate)].filter(Boolean)),
  ];
  return lines.filter(Boolean);
}

const shortName = (principal) => String(principal).split("/").pop();

function communication(id, comment, it) {
  const isAws = comment.creator === "AWS Responder";
  const edit = (event) => rewrite(id, comment, event.target.closest(".says"));
  return el(
    "div",
    { className: "says", id: "comment-" + comment.commentId },
    el("div", { className: "when" }, `${shortName(comment.creator)} · ${moment(comment.createdDate)}`, comment.lastUpdatedDate > comment.createdDate ? " (edited)" : ""),
    el("div", { className: "text" }, comment.body),
    isAws && it.caseStatus !== "Closed" ? button("Edit as AWS", edit, { className: "link" }) : null,
  );
}

function rewrite(id, comment, around) {
  const input = el("textarea", { value: comment.body, rows: 3, "aria-label": "The comment's new words" });
  const form = el("form", { className: "row" }, input, el("button", { className: "primary" }, "Save"), button("Cancel", () => form.remove()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.remove();
    act({ do: "aws_edits_comment", case: id, comment: comment.commentId, text: input.value });
  });
  around.append(form);
  input.focus();
}

function step(one) {
  const rated = one.feedback?.usefulness;
  return el(
    "div",
    { className: "says" },
    el("div", { className: "when" }, `AI agent · ${one.status}`, rated ? (rated === "USEFUL" ? " · you found it useful" : " · you found it not useful") + (one.feedback.comment ? ": " + one.feedback.comment : "") : ""),
    el("strong", {}, one.title),
    el("div", { className: "text" }, one.content),
  );
}

function attachment(id, file) {
  const scans = (clean) => () => act({ do: "aws_scans", case: id, attachment: file.attachmentId, clean });
  return el(
    "div",
    { className: "says" },
    `${file.fileName} · ${file.attachmentStatus} `,
    file.attachmentStatus === "Pending" ? [button("Scan: clean", scans(true), { className: "link" }), " ", button("Scan: bad", scans(false), { className: "link" })] : null,
  );
}

const edit = (one) =>
  el("div", { className: "says" }, el("div", { className: "when" }, `${shortName(one.principal)} · ${moment(one.eventTimestamp)}`), one.message || one.action);

// ---------------------------------------------------------------- what AWS does

// Nothing can be done on a closed case, and AWS's agent looks only into what AWS works.
function allow(one) {
  const closed = !one || one.case.caseStatus === "Closed";
  $("aws").disabled = closed;
  $("investigate").disabled = closed || one.case.resolverType !== "AWS";
  $("pending").textContent = one?.case.pendingAction === "Customer" ? "AWS waits no more" : "AWS waits for you";
  $("aws-about").textContent = one ? "on case " + idOf(one) : "";
}

const onCase = (what) => act({ case: chosen, ...what });
const change = (values) => onCase({ do: "aws_changes", change: values });

export function startSir() {
  submits("open", (by) => act({ do: "opens_case", title: $("title").value, aws: !by || by.name === "aws" }));
  submits("comment", () => {
    const text = take("aws-text");
    if (text) onCase({ do: "aws_comments", text });
  });
  submits("field", (by) => {
    const { name, list, sent } = FIELDS[$("field-name").value];
    const typed = take("field-text");
    if (typed) change(name ? { [name]: sent(typed) } : { [list + (by?.name === "away" ? "ToDelete" : "ToAdd")]: [sent(typed)] });
  });
  options($("field-name"), Object.keys(FIELDS).map((name) => [name, name]));
  $("field-name").addEventListener("change", fits);
  fits();
  options($("status"), STEPS.slice(1, -1).map((name) => [name, name]));
  $("status").value = STEPS[2];
  $("set").addEventListener("click", () => change({ caseStatus: $("status").value }));
  $("pending").addEventListener("click", () =>
    change({ pendingAction: current().case.pendingAction === "Customer" ? "None" : "Customer" }),
  );
  $("investigate").addEventListener("click", () =>
    onCase({
      do: "investigates",
      title: "Sign-ins of the last day",
      content: "The key was used 14 times from a country in which nobody of the team is.",
    }),
  );
  $("close").addEventListener("click", closes);
  $("aws-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) await onCase({ do: "aws_attaches", name: file.name, bytes: await base64(file) });
    event.target.value = "";
  });
  submits("membership", () => {
    const name = take("membership-name");
    if (name) act({ do: "membership_changes", name });
  });
  $("membership-ends").addEventListener("click", () => {
    const asks = plainly("End the membership?", "Nothing can be done on cases afterwards.", "End it");
    sure(asks, () => act({ do: "membership_ends" }));
  });
  document.addEventListener("go", ({ detail }) => {
    if (detail.sir === undefined) return;
    if (get("sir/" + detail.sir)) chosen = detail.sir;
    drawSir();
    show($("case-" + chosen));
  });
}

// The field to type into is as the chosen one of the case: a list's, a moment's, one of a few.
function fits() {
  const { list, type, choice } = FIELDS[$("field-name").value];
  $("field-text").type = type || "text";
  $("field-text").value = "";
  $("field-choice").replaceChildren(...(choice || []).map((value) => el("option", { value })));
  $("field-away").hidden = !list;
  $("field-set").textContent = list ? "Add" : "Change";
}

const plainly = (title, text, confirm) => {
  const words = (text) => ({ type: "plain_text", text });
  return { title: words(title), text: words(text), confirm: words(confirm), deny: words("Cancel"), style: "danger" };
};

function closes() {
  const one = current();
  const codes = ["Investigation Completed", "Not Resolved", "False Positive", "Duplicate"];
  const select = el("select", { id: "closure" }, codes.map((code) => el("option", { value: code }, code)));
  const asks = plainly(`Close case ${chosen}?`, `${one.case.title}. Nothing opens it again.`, "AWS closes it");
  const more = el("p", {}, el("label", { htmlFor: "closure" }, "Closure code "), select);
  sure(asks, () => onCase({ do: "aws_closes", code: select.value }), more);
}
