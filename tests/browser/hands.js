// Can everything be done by hand that people do in Slack: typed as it is, completed, edited, deleted, answered with an emoji,
// a file dropped? What people do in Jira and AWS does is in as_jira.js and as_aws.js.
"use strict";

exports.name = "words come as they were typed; messages are completed, edited, deleted and reacted to; a file is dropped";

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
  await page.getByRole("button", { name: "eyes: Ana" }).click();
  await page.getByRole("button", { name: "eyes: Ana" }).waitFor({ state: "detached" });
  await takesBack(person);
  await drops(person);
  await completes(person);
  await person.lets("+1 h");
  await person.seesAllTold();
  // What stands there is there after the page is loaded again, and so is where one was.
  await page.reload();
  await person.sees("slack", "a <= b", "see the log");
  await page.locator("#thread").waitFor();
};

async function takesBack(person) {
  await person.replies("Wrong thread.");
  for (const where of ["slack", "aws", "jira"]) await person.seesTimes(where, "Wrong thread.", 1);
  await person.choosesOn("Wrong thread.", "Delete message");
  for (const where of ["slack", "aws", "jira"]) await person.seesNoMore(where, "Wrong thread.");
  await person.sees("aws", "[withdrawn by ana");
}

async function drops(person) {
  const { page } = person;
  await page.locator("#thread").evaluate((pane) => {
    const data = new DataTransfer();
    data.items.add(new File(["03:10 web-2 is off\n"], "auth.log", { type: "text/plain" }));
    pane.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  });
  await page.locator("#reply-file", { hasText: "auth.log" }).waitFor();
  await person.replies("see the log");
  await person.sees("slack", "see the log", "auth.log");
  await person.sees("aws", "see the log", "auth.log · Verified");
}

// By the keys alone: a command, a verb, a case, and a person.
async function completes(person) {
  const { page } = person;
  await page.locator("#line").focus();
  await page.keyboard.type("/s");
  await chooses(page, "line", "/sir");
  await page.keyboard.type("7");
  await chooses(page, "line", "7000000003");
  await page.keyboard.type("sho");
  await chooses(page, "line", "show");
  await page.keyboard.press("Enter");
  await person.sees("slack", "Only visible to you");
  await page.locator("#reply").focus();
  await page.keyboard.type("Ask @Ce");
  await chooses(page, "reply", "@Cem");
  await page.keyboard.type("please");
  await page.keyboard.press("Enter");
  await person.sees("slack", "Ask @Cem please");
  await person.sees("aws", "Ask @cem please");
  await page.locator("#replies .mention", { hasText: "@Cem" }).waitFor();
}

async function chooses(page, id, label) {
  await page.locator(`#${id}-choices`).getByRole("option", { name: label }).first().waitFor();
  for (let presses = 0; presses < 10; presses += 1) {
    await page.keyboard.press("ArrowDown");
    const chosen = await page.locator(`#${id}-choices [aria-selected=true] strong`).innerText();
    if (chosen === label) return page.keyboard.press("Enter");
  }
  throw new Error(`"${label}" cannot be chosen`);
}
