// Can everything be done by hand that people do: typed as it is, edited, deleted, answered with an emoji, a file dropped?
"use strict";

exports.name = "words come as they were typed; messages are edited, deleted and reacted to; a file is dropped";

exports.tell = async (person) => {
  const { page } = person;
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  await person.opensThread();
  const typed = "a < b && c > d <b>x</b>";
  await person.replies(typed);
  await person.seesEverywhereOnce(typed);

  await person.choosesOn(typed, "Edit message");
  await page.getByLabel("The message's new words").fill("a <= b");
  await person.presses("Save");
  await person.seesNoMore("aws", typed);
  await person.sees("aws", "a <= b");
  await person.sees("jira", "a <= b");

  await person.choosesOn("a <= b", "React with eyes");
  await page.getByRole("button", { name: "eyes: Ana" }).waitFor();

  await page.locator("#thread").evaluate((pane) => {
    const data = new DataTransfer();
    data.items.add(new File(["03:10 web-2 is off\n"], "auth.log", { type: "text/plain" }));
    pane.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  });
  await page.locator("#reply-file", { hasText: "auth.log" }).waitFor();
  await person.replies("see the log");
  await person.sees("slack", "see the log", "auth.log");
  await person.sees("aws", "see the log");

  await jira(person);
  await aws(person);
  await person.lets("+1 h");
  await person.seesAllTold();
  // What stands in SIR, Slack and Jira is there after the page is loaded again, and so is where one was.
  await page.reload();
  await person.sees("slack", "a <= b", "Restored.");
};

async function jira(person) {
  const { page } = person;
  await page.getByLabel("Who sees the comment").selectOption({ label: "Only Administrators" });
  await person.writes("Comment in Jira", "Legal is informed.", page);
  await person.presses("Comment", page.locator("#remark"));
  await person.sees("jira", "Only Administrators", "Legal is informed.");
  await page.getByLabel("Who sees the comment").selectOption({ label: "Everybody" });
  await person.writes("Comment in Jira", "Restoring now.", page);
  await person.presses("Comment", page.locator("#remark"));
  await person.seesEverywhereOnce("Restoring now.");
  await page.getByRole("button", { name: "Edit the comment of Ana Alvarez" }).last().click();
  await page.locator("#activity").getByLabel("The comment's new words").fill("Restored.");
  await person.presses("Save", page.locator("#activity"));
  await person.sees("aws", "Restored.");
  await page.getByLabel("Status of the issue").selectOption("In Review");
  await person.presses("Move");
  await person.sees("jira", "In Review");
  await person.presses("History");
  await person.sees("jira", "status: To Do → In Review");
  await person.presses("Comments");
  await person.seesNoMore("aws", "Legal is informed.");
  await person.seesNoMore("slack", "Legal is informed.");
}

async function aws(person) {
  const { page } = person;
  await person.actsAsAws("Comment as AWS", "First words.", "AWS comments");
  await person.seesEverywhereOnce("First words.");
  await person.presses("Edit as AWS", page.locator("#case"));
  await page.locator("#case").getByLabel("The comment's new words").fill("Better words.");
  await person.presses("Save", page.locator("#case"));
  await person.sees("slack", "Better words.");
  person.told = [];
  await page.getByText("More that AWS does").click();
  await page.getByLabel("Field", { exact: true }).selectOption("Threat actor's address");
  await person.writes("The field's value", "203.0.113.9", page);
  await person.presses("Change");
  await person.sees("slack", "203.0.113.9");
  await person.presses("AWS closes");
  await page.locator("#sure", { hasText: "Nothing opens it again." }).waitFor();
  await person.presses("Cancel", page.locator("#sure"));
  await person.seesNoMore("aws", "Closed ·");
}
