// Can everything be done by hand that people do in Jira, and does only that go on which may?
"use strict";

exports.name = "as people of Jira: comments for all and for each role, edited and deleted; every status, a summary, a file, the issue's end";
// Of the deleted issue the bridge warns.
exports.warns = true;

exports.tell = async (person) => {
  const { page } = person;
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  await person.opensThread();
  await comments(person);
  await keepsToARole(person);
  await moves(person);
  await edits(person);
  await page.locator("#issue input[type=file]").setInputFiles({ name: "ticket.txt", mimeType: "text/plain", buffer: Buffer.from("seat 12") });
  await person.sees("jira", "ticket.txt · 7 B", "ticket.txt (Verified)");
  await person.sees("aws", "ticket.txt · Verified");
  await person.sees("slack", "Attachment ticket.txt new, Verified · by Ana Alvarez (Jira)");
  await person.lets("+1 h");
  await person.seesAllTold();
  await person.presses("Delete issue");
  await person.lets("+1 h");
  await person.lets("+1 h");
  await person.sees("slack", "SEC-1 was deleted, or is hidden from Casebridge");
  await person.presses("New issue", page.locator("#replies"));
  await person.sees("jira", "SEC-2", "Restored.");
  await person.seesNoMore("jira", "Legal is informed.");
};

async function writes(person, text) {
  await person.writes("Comment in Jira", text, person.page);
  await person.presses("Comment", person.page.locator("#remark"));
}

async function comments(person) {
  const { page } = person;
  await writes(person, "Restoring now.");
  for (const where of ["aws", "slack", "jira"]) await person.seesTimes(where, "Restoring now.", 1);
  await person.presses("Edit the comment of Ana Alvarez");
  await page.locator("#activity").getByLabel("The comment's new words").fill("Restored.");
  await person.presses("Save", page.locator("#activity"));
  await person.seesEverywhereOnce("Restored.");
  await writes(person, "Of another case.");
  await person.sees("aws", "Of another case.");
  await person.presses("Delete the comment of Ana Alvarez");
  await person.seesNoMore("jira", "Of another case.");
  await person.sees("aws", "[withdrawn by Ana Alvarez");
}

// For members of one role alone: never on the case, never in Slack.
async function keepsToARole(person) {
  const { page } = person;
  const roles = await page.getByLabel("Who sees the comment").locator("option[value]:not([value=''])").allInnerTexts();
  if (!roles.length) throw new Error("there is no role to keep a comment to");
  for (const role of roles) {
    await page.getByLabel("Who sees the comment").selectOption({ label: role });
    await writes(person, `Legal is informed. (${role})`);
    await person.sees("jira", role, `Legal is informed. (${role})`);
  }
  await page.getByLabel("Who sees the comment").selectOption({ label: "Everybody" });
  await person.lets("+1 h");
  await person.seesNoMore("aws", "Legal is informed.");
  await person.seesNoMore("slack", "Legal is informed.");
}

async function moves(person) {
  const { page } = person;
  const column = page.getByLabel("Status of the issue");
  const first = await column.inputValue();
  await person.presses("History");
  let before = first;
  for (const status of (await column.locator("option").allInnerTexts()).filter((status) => status !== first)) {
    await column.selectOption(status);
    await person.presses("Move");
    await person.sees("jira", `status: ${before} → ${status}`);
    before = status;
  }
}

async function edits(person) {
  const { page } = person;
  await person.presses("Edit", page.locator("#issue"));
  await page.getByLabel("Summary", { exact: true }).fill("Keys of build-17");
  await person.presses("Save", page.locator("#issue"));
  await person.sees("jira", "→ Keys of build-17");
  await person.presses("Comments");
}
