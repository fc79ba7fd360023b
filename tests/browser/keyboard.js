// Can everything be reached and pressed with the keyboard, and does the focus stay while the page changes?
"use strict";

exports.name = "a case is opened and commented with the keyboard alone";

exports.tell = async (person) => {
  const { page } = person;
  await skips(page);
  await tabsTo(page, "Open Casebridge");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "New case" }).waitFor();
  await tabsTo(page, "New case");
  await page.keyboard.press("Enter");
  await person.seesForm("New case");
  await page.keyboard.press("Escape");
  await person.seesFormClose();

  await page.keyboard.press("Enter");
  await person.seesForm("New case");
  await page.keyboard.type("A key was leaked");
  await page.keyboard.press("Tab");
  await page.keyboard.type("On a web site.");
  // What kind of case it is, and that AWS works it with us.
  for (const field of ["Type", "Who works it?"]) {
    await tabsTo(page, field, "forward", "SELECT");
    await page.keyboard.press("ArrowDown");
  }
  await tabsTo(page, "Open the case");
  await page.keyboard.press("Enter");
  await person.seesFormClose();
  await person.seesOnce("jira", "A key was leaked");
  await tabsTo(page, "# security");
  await page.keyboard.press("Enter");
  await person.sees("slack", "A key was leaked");

  await tabsTo(page, "Comment");
  await page.keyboard.press("Enter");
  await person.seesForm("Comment");
  await page.keyboard.type("It is locked.");
  await tabsTo(page, "Add it");
  await page.keyboard.press("Enter");
  await person.seesEverywhereOnce("It is locked.");
  // The focus is where it was, though the card was drawn anew.
  await tabsTo(page, "Comment");
  await isShort(page);
};

// Each skip link leads to what it names, within as many presses as it stands from the top.
async function skips(page) {
  const links = await page.locator(".skips a").evaluateAll((all) => all.map((link) => link.getAttribute("href").slice(1)));
  if (links.length < 4) throw new Error(`only ${links.length} skip links`);
  for (const [index, target] of links.entries()) {
    await page.reload();
    await page.locator("#line").waitFor();
    for (let presses = 0; presses <= index; presses += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction((target) => document.activeElement.id === target, target);
  }
  await page.reload();
  await page.locator("#line").waitFor();
}

// From the top around to the end in fewer than a hundred presses, though all is on the page.
async function isShort(page) {
  await page.reload();
  await page.locator("#replies .message").first().waitFor();
  const isAtTop = () => page.evaluate(() => document.activeElement.closest(".skips a")?.getAttribute("href") === "#title");
  await page.keyboard.press("Tab");
  if (!(await isAtTop())) throw new Error("the first press leads to no skip link");
  let presses = 0;
  do {
    await page.keyboard.press("Tab");
    presses += 1;
  } while (presses < 120 && !(await isAtTop()));
  if (presses >= 100) throw new Error(`${presses} presses of Tab lead around the page`);
  // One press for each place's switches: the arrows lead on.
  await page.locator("#switches-jira button").first().focus();
  for (const key of ["ArrowDown", "Enter"]) await page.keyboard.press(key);
  await page.getByText("Now: Jira too many (429)").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Nothing fails now.").waitFor();
}

// Goes on from where the focus is. Everything that takes it must show that it has it.
async function tabsTo(page, name, direction, kind) {
  for (let count = 0; count < 150; count += 1) {
    const at = await page.evaluate(() => {
      const node = document.activeElement,
        style = getComputedStyle(node);
      return {
        text: node.tagName === "SELECT" ? node.labels[0]?.textContent.trim() || "" : node.textContent.trim(),
        kind: node.tagName,
        name: node.tagName + " " + node.id,
        shows: node === document.body || (style.outlineStyle !== "none" && style.outlineWidth !== "0px"),
      };
    });
    if (!at.shows) throw new Error(`"${at.text}" (${at.name}) does not show that it has the focus`);
    if (at.text === name && (!kind || at.kind === kind)) return;
    await page.keyboard.press(direction === "shift" ? "Shift+Tab" : "Tab");
  }
  throw new Error(`"${name}" cannot be reached with the Tab key`);
}
