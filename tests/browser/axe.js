// Can everybody use the page: does axe-core find nothing against WCAG in any of its states, light or dark, at any width?
"use strict";

exports.name = "axe finds no violation in any state, light and dark, at 390, 1280 and 1600 pixels";
// The checker is put into the page, which the page's own policy forbids.
exports.bypassCSP = true;

exports.tell = async (person) => {
  await everywhere(person, "empty");
  await person.presses("AWS opens a case");
  await person.actsAsAws("Comment as AWS", "Who made the key?", "AWS comments");
  await person.sees("slack", "Who made the key?");
  await person.says("/sir list");
  await person.sees("slack", "Only visible to you");
  await person.switches("Slack: down (503)");
  await everywhere(person, "a case, and a fault");
  await person.presses("Mend all");
  await person.goesTo("Casebridge: Home");
  await person.sees("slack", "Other open cases");
  await everywhere(person, "the Home");
  await person.presses("New case");
  await person.seesForm("New case");
  await check(person, "a form");
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
  await person.presses("AWS closes");
  await check(person, "a question");
  await person.presses("Cancel", person.page.locator("#sure"));
};

async function everywhere(person, what) {
  const { page } = person;
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280, 1600]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 1000 });
      const sections = width < 1000 ? ["sir", "slack", "jira", "bridge"] : [""];
      for (const section of sections) {
        if (section) await page.locator(`#sections [value=${section}]`).click();
        await check(person, `${what}, ${colorScheme}, ${width} px ${section}`);
      }
    }
  }
}

async function check({ page }, what) {
  if (!(await page.evaluate(() => Boolean(window.axe)))) await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const { violations } = await page.evaluate(() => window.axe.run());
  const worded = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  if (worded.length) throw new Error(`${what}: ${worded.join("; ")}`);
}
