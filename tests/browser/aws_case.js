// Can people work a case together with AWS: answer, add messages, rate the AI agent, and close it if they may?
"use strict";

exports.name = "a case that AWS works is answered from Slack and Jira, its investigations are rated, and it is closed";

exports.tell = async (person) => {
  await opens(person);
  await converses(person);
  await addsAMessage(person);
  await attachesByName(person);
  await rates(person);
  await closes(person);
  await person.stillOnce();
};

async function opens(person) {
  await person.presses("AWS opens a case");
  await person.sees("aws", "AWS works it", "Pending action: None");
  await person.seesOnce("aws", "Credentials used from a new country");
  await person.sees("jira", "Credentials used from a new country");
  await person.sees("slack", "Resolver AWS");
  await person.seesButtons(person.card, "Comment", "Status");
  await person.card.locator("summary[aria-label=More]").last().click();
  await leads(person, "#messages", "AWS console", /^https:\/\/[\w.-]*console\.aws\.amazon\.com\/security-ir\/home/);
  await leads(person, "#messages", "Jira SEC-1", /^https:\/\/example\.atlassian\.net\/browse\/SEC-1$/);
  await leads(person, "#issue", "Open in Slack", /^https:\/\/\S+\/archives\/C\w+\/p\d{16}/);
  await leads(person, "#issue", "Open in the AWS console", /^https:\/\/[\w.-]*console\.aws\.amazon\.com\/security-ir\/home/);
}

async function leads(person, where, name, target) {
  const link = person.page.locator(where).getByRole("link", { name, exact: true }).first();
  const href = await link.getAttribute("href");
  if (!target.test(href)) throw new Error(`"${name}" leads to ${href}`);
  await link.click();
}

async function converses(person) {
  await person.actsAsAws("Comment as AWS", "Who made the key?", "AWS comments");
  await person.seesEverywhereOnce("Who made the key?");
  await person.presses("AWS waits for you");
  await person.sees("slack", "Your move: AWS waits for an answer");

  await person.is("Bo");
  await person.presses("Comment", person.card);
  await person.seesForm("Comment");
  await person.writes("Comment", "A contractor did.");
  await person.presses("More room", person.form);
  await person.writes("Comment, continued (optional)", "She left in April.");
  await person.seesValue("Comment", "A contractor did.");
  await person.presses("Add it", person.form);
  await person.seesFormClose();
  await person.seesEverywhereOnce("A contractor did.");

  await person.writes("Comment in Jira", "She left in May.", person.page);
  await person.presses("Comment", person.page.locator("#remark"));
  await person.seesEverywhereOnce("She left in May.");
}

// A message that stands outside of the case's thread.
async function addsAMessage(person) {
  await person.says("The log shows her badge.");
  await person.seesOnce("slack", "The log shows her badge.");
  await person.choosesOn("The log shows her badge.", "Add to case as comment");
  await person.seesForm("Comment");
  await person.seesValue("Comment", "The log shows her badge.");
  const cases = person.form.getByLabel("Case", { exact: true });
  await cases.waitFor();
  await cases.selectOption({ index: 1 });
  await person.seesValue("Comment", "The log shows her badge.");
  await person.presses("Add it", person.form);
  await person.seesFormClose();
  await person.seesOnce("aws", "The log shows her badge.");
  await person.seesOnce("jira", "The log shows her badge.");
  // What she said, and that it is on the case.
  person.told = person.told.filter(([where, text]) => where !== "slack" || text !== "The log shows her badge.");
}

// As the tray's button "Attach" explains.
async function attachesByName(person) {
  await person.presses("More", person.card);
  await person.presses("Attach", person.page.locator("#messages"));
  await person.sees("slack", "a message with a file that says @Casebridge attach does the same");
  await person.opensThread();
  await person.replies("@Casebridge attach", { name: "badge (2).log", text: "09:14 in" });
  await person.sees("aws", "· Verified");
  await person.sees("aws", "(in Slack: badge (2).log)");
}

async function rates(person) {
  await person.presses("AI agent investigates");
  await person.seesTimes("aws", "AI agent · Completed", 1);
  await asksForInvestigations(person, 1);
  await person.presses("Useful", person.page.locator("#messages"));
  await person.seesForm("Useful");
  await person.writes("What was useful? (optional)", "The country.");
  await person.presses("Tell AWS", person.form);
  await person.seesFormClose();
  await person.seesOnce("aws", "you found it useful: The country.");
  await person.sees("slack", "AWS now knows that this was useful: Sign-ins of the last day");

  await person.presses("AI agent investigates");
  await person.seesTimes("aws", "AI agent · Completed", 2);
  await asksForInvestigations(person, 2);
  await person.presses("Not useful", person.page.locator("#messages"));
  await person.seesForm("Not useful");
  await person.presses("Tell AWS", person.form);
  await person.seesFormClose();
  await person.seesOnce("aws", "you found it not useful");
}

// By the tray of `/sir`, as somebody who has not seen the card.
async function asksForInvestigations(person, time) {
  await person.says("/sir");
  await person.seesTimes("slack", "The latest open cases", time);
  await person.presses("Credentials used from a new country", person.page.locator("#messages"));
  await person.presses("AI agent", person.page.locator("#messages"));
  await person.seesTimes("slack", "What the AI agent did on case", time);
}

async function closes(person) {
  await person.choosesOnCard("Close…");
  await person.sees("slack", "needs the role commander");
  await person.is("Ana");
  await person.deliversAgain();
  await person.closesCase();
  await person.sees("aws", "Closed ·");
  await person.sees("jira", "Done");
  await person.seesOnce("jira", "→ Closed");
  await person.seesOnce("slack", "→ Closed");
}
