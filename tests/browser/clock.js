// Does what takes its time happen when the clock is moved on, and is what the bridge does to be seen?
"use strict";

exports.name = "the clock is moved on: an investigation is told, AWS's waiting is remembered";

// Of what is broken the bridge warns.
exports.warns = true;

exports.tell = async (person) => {
  const { page } = person;
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  await person.opensThread();
  await page.locator("#feed", { hasText: "is written down before it is sent: the card or issue" }).waitFor();
  await page.locator("#feed", { hasText: "stands there" }).waitFor();
  await page.locator("#budgets", { hasText: /Slack #security: one each 1\.\d s, \d+ taken/ }).waitFor();
  await person.presses("AI agent investigates");
  await person.lets("+1 h");
  await person.lets("+1 h");
  await person.sees("slack", "Sign-ins of the last day");
  await person.presses("AWS waits for you");
  await person.sees("slack", "Your move");
  const before = await page.locator("#replies .message").count();
  await person.lets("+24 h");
  await person.lets("+24 h");
  await page.locator("#outside", { hasText: "triggered" }).waitFor();
  await page.waitForFunction((before) => document.querySelectorAll("#replies .message").length > before, before);
  await person.switches("Slack: down (503)");
  await person.actsAsAws("Comment as AWS", "Are you there?", "AWS comments");
  await person.lets("+1 min");
  await page.locator("#held", { hasText: /→ Slack: comment 1|not told yet/ }).waitFor();
  await person.presses("Show the plan");
  await page.locator("#plan", { hasText: "slack:" }).waitFor();
  await person.presses("Mend all");
  await person.lets("+1 h");
  await person.seesOnce("aws", "Are you there?");
  await person.seesOnce("jira", "Are you there?");
  // In the thread, and on the card as what AWS waits for an answer to.
  await person.sees("slack", "Are you there?");
  await person.seesAllTold();
};
