// Do two people at two tabs see the same, each with a place and a name of their own?
"use strict";
const { Person } = require("./person");

exports.name = "two tabs show the same world to two people; a file is pasted; a line is kept out of the case";

exports.tell = async (ana) => {
  const page = await ana.page.context().newPage();
  page.setDefaultTimeout(20_000);
  const trouble = [];
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  await page.goto(ana.page.url());
  const bo = new Person(page);
  await bo.is("Bo");

  await ana.presses("AWS opens a case");
  for (const person of [ana, bo]) {
    await person.sees("slack", "Resolver AWS");
    await person.opensThread();
  }
  await bo.replies("web-2 is off");
  for (const person of [ana, bo]) await person.seesEverywhereOnce("web-2 is off");
  await ana.sees("aws", "bo, ");

  // Only the one who asked sees the answer.
  await bo.says("/sir whoami");
  await bo.sees("slack", "responder");
  if (await ana.counts("slack", "Only visible to you")) throw new Error("Ana sees what Bo was told");

  await ana.page.locator("#reply").evaluate((field) => {
    const data = new DataTransfer();
    data.items.add(new File(["\x89PNG\r\n"], "screen.png", { type: "image/png" }));
    field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
  });
  await ana.page.locator("#reply-file", { hasText: "screen.png" }).waitFor();
  await ana.replies("as I see it");
  await bo.sees("slack", "screen.png");
  await bo.sees("aws", "as I see it", "screen.png");

  await bo.replies("// not for AWS: is it the intern?");
  await ana.sees("slack", "is it the intern?");
  await ana.lets("+1 h");
  for (const where of ["aws", "jira"]) await ana.seesNoMore(where, "is it the intern?");
  await ana.seesAllTold();

  // Loaded again, a tab is who it was, where it was.
  await page.reload();
  await bo.sees("slack", "web-2 is off");
  const who = await page.getByLabel("You are").evaluate((field) => field.selectedOptions[0].label);
  if (!who.startsWith("Bo ")) throw new Error(`the tab is ${who} after it was loaded again`);
  await ana.stillOnce();
  if (trouble.length) throw new Error("the second tab says: " + trouble.join("\n"));
};
