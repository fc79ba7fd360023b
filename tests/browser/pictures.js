// What does a person see at night: the card, its thread, the home page, a form, help? Each is a picture, to be looked at.
"use strict";
const { join } = require("node:path");

exports.name = "the card, a thread, Home, forms and help are pictures";
exports.warns = true;
exports.arguments = ["--story", "night"];

const MOST = { width: 720, height: 2000 };

exports.tell = async (person) => {
  const { page } = person;
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1600, height: 1400 });
  await page.locator("#goes-on").filter({ hasText: "Begin" }).click();
  await person.sees("slack", "Credentials used");
  for (let step = 2; step <= 4; step += 1) {
    await page.locator("#goes-on:enabled").click();
    await page.locator("#story-step", { hasText: new RegExp(`^${step} of`) }).waitFor();
  }
  await page.locator("#goes-on:enabled").waitFor();
  await person.is("Ana");
  await taken(person.card, "card");
  await person.opensThread();
  await taken(page.locator("#thread"), "thread");
  await person.presses("Comment", person.card);
  await person.seesForm("Comment");
  await taken(person.form, "form-comment");
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
  await person.choosesOnCard("Close…");
  await person.seesForm("Close the case");
  await taken(person.form, "form-close");
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
  await said(person, "/sir help", "help", "All commands");
  await said(person, "/sir 7000000003 brief", "brief", "Timeline");
  await person.goesTo("Casebridge: Home");
  await person.sees("slack", "Credentials used");
  await taken(page.locator("#messages"), "home");
};

// What answers a line, and only its writer sees.
async function said(person, line, name, words) {
  await person.says(line);
  const answers = person.page.locator("#messages .message", { hasText: "Only visible to you" });
  const answer = answers.filter({ hasText: words }).last();
  await answer.waitFor();
  await taken(answer, name);
}

// Whole, not cut off at its right, and with something on it.
async function taken(what, name) {
  await what.page().emulateMedia({ colorScheme: "light" });
  await what.scrollIntoViewIfNeeded();
  const folder = process.env.CASEBRIDGE_PICTURES;
  const picture = await what.screenshot(folder ? { path: join(folder, `${name}.png`) } : {});
  const [box, hidden] = [await what.boundingBox(), await what.evaluate((seen) => seen.scrollWidth - seen.clientWidth)];
  if (picture.length < 4_000) throw new Error(`${name}: a picture of ${picture.length} bytes shows nothing`);
  if (hidden > 1) throw new Error(`${name}: ${hidden} pixels of it are cut off`);
  if (box.width > MOST.width || box.height > MOST.height) throw new Error(`${name} is ${box.width} by ${box.height}`);
}
