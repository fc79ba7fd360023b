// Can everybody use the page: does axe-core find nothing against WCAG in any of its states, light or dark, at any width?
// Forms are checked by whoever opens them first, in any story: see `Person.seesForm`.
"use strict";
const { readFileSync } = require("node:fs");

exports.name = "axe finds no violation in any state, light and dark, at 390, 1280 and 1600 pixels";

// A change that AWS's model does not allow: 409.
exports.refuses = true;

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const SECTIONS = ["sir", "slack", "jira", "bridge"];

exports.tell = async (person) => {
  const { page } = person;
  await everywhere(page, "empty");
  await person.presses("AWS opens a case");
  await person.actsAsAws("Comment as AWS", "Who made the key?", "AWS comments");
  await person.sees("slack", "Who made the key?");
  await person.says("/sir list");
  await person.sees("slack", "Only visible to you");
  await person.presses("AI agent investigates");
  await page.getByText("More that AWS does").click();
  await page.getByText("Membership, events").click();
  const closed = page.locator("#case details:not([open]) > summary");
  while (await closed.count()) await closed.first().click();
  await person.switches("Slack: down (503)");
  await person.presses("Show the plan");
  await everywhere(page, "a case, and a fault");
  await alert(person);
  await person.presses("Mend all");
  await menus(person);
  await person.goesTo("Casebridge: Home");
  await person.sees("slack", "Other open cases");
  await everywhere(page, "the Home");
  await person.goesTo("Casebridge: Messages");
  await everywhere(page, "the app's messages");
  await person.presses("History");
  await person.presses("AWS closes");
  await everywhere(page, "a question", "#sure");
  await person.presses("Cancel", page.locator("#sure"));
  await person.presses("End the tour");
  await story(person);
};

// What could not be done is said at the page's foot.
async function alert(person) {
  const { page } = person;
  await page.getByLabel("Field", { exact: true }).selectOption("Impacted account");
  await person.writes("The field's value", "12", page);
  await person.presses("Add");
  await page.getByRole("alert").filter({ hasText: "12" }).waitFor();
  await everywhere(page, "an alert");
}

// Each menu and each list of what may be meant, open.
async function menus(person) {
  const { page } = person;
  await person.opensThread();
  await person.replies("We look.");
  await person.sees("slack", "We look.");
  await page.locator("#replies .message", { hasText: "We look." }).first().getByText("More actions").click();
  await person.presses("React with eyes", page.locator("#replies"));
  await page.getByRole("button", { name: "eyes: Ana" }).waitFor();
  await person.choosesOn("We look.", "Edit message");
  await person.presses("Edit as AWS", page.locator("#case"));
  await person.presses("Edit", page.locator("#issue"));
  await everywhere(page, "menus and small forms");
  await page.locator("#reply").fill("@");
  await page.locator("#reply-choices li").first().waitFor();
  await check(page, "what may be meant");
  await page.locator("#reply").fill("");
}

// A story that is told, with its alerts and its webhook, to its end.
async function story(person) {
  const { page } = person;
  await page.locator("#story-name").selectOption("night");
  await person.presses("Begin anew");
  const next = page.locator("#goes-on");
  await next.filter({ hasText: "Begin" }).waitFor();
  await everywhere(page, "a story that begins");
  while ((await next.innerText()) !== "The end") {
    const before = await next.innerText();
    await next.click();
    await page.waitForFunction((before) => {
      const next = document.querySelector("#goes-on");
      return next.textContent !== before && (!next.disabled || next.textContent === "The end");
    }, before);
  }
  await everywhere(page, "a story's end");
}

// At each width, light and dark; `within` narrows down what is looked at.
async function everywhere(page, what, within) {
  const before = page.viewportSize();
  const shown = await page.evaluate(() => document.body.dataset.shows);
  for (const width of [390, 1280, 1600]) {
    await page.setViewportSize({ width, height: 1000 });
    for (const section of width < 1000 && !within ? SECTIONS : [""]) {
      if (section) await page.locator(`#sections [value=${section}]`).click();
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await check(page, `${what}, ${colorScheme}, ${width} px ${section}`, { within, rules: colorScheme === "dark" ? ["color-contrast"] : null });
      }
    }
    if (width < 1000 && !within) await page.locator(`#sections [value=${shown}]`).click();
  }
  await page.setViewportSize(before);
}

// In the dark only colours differ.
async function check(page, what, { within, rules } = {}) {
  // By the debugger, which the page's own policy does not bind.
  if (!(await page.evaluate(() => Boolean(window.axe)))) await page.evaluate(AXE);
  const options = { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) };
  const run = ([within, options]) => window.axe.run(within || document, options);
  const { violations, passes } = await page.evaluate(run, [within, options]);
  const worded = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  if (worded.length) throw new Error(`axe, ${what}: ${worded.join("; ")}`);
  if (!passes.length) throw new Error(`axe saw nothing: ${what}`);
}

exports.everywhere = everywhere;
