// Can everything be done by hand that AWS does, on the case that one looks at, and is it told?
"use strict";

exports.name = "as AWS: cases count up, the chosen one is acted on; every field and status, a file, an edit, an end; the membership";

// What is typed into each field, and what the thread says of it.
const FIELDS = {
  Title: ["Keys of build-17", "→ Keys of build-17"],
  Description: ["Both keys are off.", "Both keys are off."],
  Type: ["Investigation", "Type Security Incident → Investigation"],
  "Reported start": ["2026-01-02T03:04", "→ 2026-01-02 02:04 UTC"],
  "Actual start": ["2026-01-02T04:05", "Actual start 2026-01-02 03:05 UTC"],
  "Impacted account": ["210987654321", "Accounts + 210987654321", "Accounts − 210987654321"],
  "Impacted service": ["Amazon S3", "Services + Amazon S3", "Services − Amazon S3"],
  "Impacted Region": ["eu-west-2", "Regions + eu-west-2", "Regions − eu-west-2"],
  "Threat actor's address": ["203.0.113.9", "Threat actor addresses + 203.0.113.9", "Threat actor addresses − 203.0.113.9"],
  "Watcher's e-mail": ["dia@example.com", "Watchers + dia", "Watchers − dia"],
};
const SECTIONS = ["Communications", "Description", "AI agent", "Impact", "Threat actors", "Watchers", "Attachments", "Activity", "Tags"];

exports.tell = async (person) => {
  const { page } = person;
  await chooses(person);
  await page.getByText("More that AWS does").click();
  await fields(person);
  await statuses(person);
  await page.locator("#aws-file").setInputFiles({ name: "report.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
  await person.sees("aws", "report.pdf · Verified");
  await person.sees("slack", "Attachment report.pdf new, Verified");
  await speaks(person);
  await person.presses("AI agent investigates");
  // No event tells of it: the hourly look does, at the sweep after it is due.
  await person.lets("+1 h");
  await person.lets("+1 min");
  await person.sees("slack", "Sign-ins of the last day");
  const shown = await page.locator("#case details").evaluateAll((all) => all.map((one) => one.dataset.name));
  const missing = SECTIONS.filter((name) => !shown.includes(name));
  if (missing.length) throw new Error(`the case shows no ${missing.join(", ")}`);
  await person.seesAllTold();
  await closes(person);
  await membership(person);
};

// Keys and ids are consecutive; what one looks at is acted on, not what is newest.
async function chooses(person) {
  const { page } = person;
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  await person.writes("Title of a new case", "A port scan", page);
  await person.presses("Your team opens one");
  await person.sees("slack", "Resolver Your team");
  const named = async (where, mark) => (await page.locator(where).allInnerTexts()).map((text) => text.match(mark)[0]).sort().join();
  const [ids, keys] = [await named("#cases .pick", /7\d{9}/), await named("#issues .pick", /SEC-\d+/)];
  if (ids !== "7000000003,7000000004" || keys !== "SEC-1,SEC-2") throw new Error(`not consecutive: ${ids}, ${keys}`);
  await person.sees("aws", "A port scan");
  await page.locator("#cases").getByRole("button", { name: "Credentials used" }).click();
  await page.getByText("As AWS on case 7000000003").waitFor();
  await person.actsAsAws("Comment as AWS", "On the older one.", "AWS comments");
  await person.sees("aws", "On the older one.");
  await page.locator("#cases").getByRole("button", { name: "A port scan" }).click();
  await person.seesNoMore("aws", "On the older one.");
  await page.locator("#cases").getByRole("button", { name: "Credentials used" }).click();
  await person.presses("its card in Slack");
  await person.sees("slack", "On the older one.");
}

async function fields(person) {
  const { page } = person;
  const names = await page.getByLabel("Field", { exact: true }).locator("option").allInnerTexts();
  for (const name of names) {
    if (!FIELDS[name]) throw new Error(`nobody tried the field "${name}"`);
    const [typed, said, gone] = FIELDS[name];
    await page.getByLabel("Field", { exact: true }).selectOption(name);
    await person.writes("The field's value", typed, page);
    await person.presses(gone ? "Add" : "Change");
    await person.sees("slack", said);
    if (!gone) continue;
    await person.writes("The field's value", typed, page);
    await person.presses("Take away");
    await person.sees("slack", gone);
  }
  if (names.length !== Object.keys(FIELDS).length) throw new Error(`only ${names.join(", ")} can be changed`);
  // What stands there is to be seen on the case as well.
  await page.getByLabel("Field", { exact: true }).selectOption("Threat actor's address");
  await person.writes("The field's value", "203.0.113.9", page);
  await person.presses("Add");
  await page.getByLabel("Field", { exact: true }).selectOption("Watcher's e-mail");
  await person.writes("The field's value", "cem@example.com", page);
  await person.presses("Add");
  await person.sees("slack", "Watchers + cem");
}

async function statuses(person) {
  const { page } = person;
  const menu = page.locator("#aws").getByLabel("Status", { exact: true });
  for (const status of await menu.locator("option").allInnerTexts()) {
    await menu.selectOption(status);
    await person.presses("AWS sets");
    await page.locator("#case [aria-current=step]", { hasText: status }).waitFor();
    await person.sees("slack", `→ ${status}`);
  }
}

async function speaks(person) {
  const { page } = person;
  await person.actsAsAws("Comment as AWS", "First words.", "AWS comments");
  await person.sees("slack", "First words.");
  await person.presses("Edit as AWS", page.locator("#case"));
  await page.locator("#case").getByLabel("The comment's new words").fill("Better words.");
  await person.presses("Save", page.locator("#case"));
  await person.sees("slack", "Better words.");
  await person.presses("AWS waits for you");
  await person.sees("slack", "Your move");
  await person.sees("aws", "Pending action: Customer");
  await person.presses("AWS waits no more");
  await person.sees("aws", "Pending action: None");
}

async function closes(person) {
  const { page } = person;
  const sure = page.locator("#sure");
  await person.presses("AWS closes");
  await sure.getByText("Nothing opens it again.").waitFor();
  await person.presses("Cancel", sure);
  await person.seesNoMore("aws", "Closed:");
  await person.presses("AWS closes");
  await sure.getByLabel("Closure code").selectOption("False Positive");
  await person.presses("AWS closes it", sure);
  await person.sees("aws", "Closed: False Positive");
  await person.sees("slack", "→ Closed");
}

async function membership(person) {
  const { page } = person;
  await page.getByText("Membership, events").click();
  await person.writes("The membership's new name", "Trains", page);
  await person.presses("Rename");
  await person.presses("Close the thread");
  await person.sees("slack", "Membership Updated");
  await person.presses("End it", page.locator("#membership"));
  await person.presses("End it", page.locator("#sure"));
  await person.sees("slack", "Membership Terminated");
}
