// Does the page fit a phone and a desktop, light and dark, with nothing cut off at its side, and does it look as it was approved?
// Where each named region stands is kept in layout.json; CASEBRIDGE_WRITE_LAYOUT=1 writes it, after somebody looked at the page.
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

exports.name = "the page fits 390, 1280 and 1600 pixels, light and dark, and its regions stand where they were approved";

const APPROVED = join(__dirname, "layout.json");
const WRITES = process.env.CASEBRIDGE_WRITE_LAYOUT === "1";
// Fonts differ by so much from machine to machine.
const LEEWAY = 16;
const REGIONS = [
  ...["header", ".counters", "#webhook", ".controls", "#tour", "#story", "#sections"],
  ...["#sir", "#case", "#open", "#aws", "#slack", ".sidebar", "#channel", "#say", "#thread", "#answer"],
  ...["#jira", "#issue", "#tabs", "#activity", "#work", "#bridge", "#feed", "#held", "#faults"],
  ...["#view", "#view .body", "#view form > .actions"],
];

exports.tell = async (person) => {
  const found = {};
  await everywhere(person, "empty", found);
  await person.presses("AWS opens a case");
  await person.presses("Your team opens one");
  await person.sees("slack", "Resolver AWS", "Resolver Your team");
  await person.actsAsAws("Comment as AWS", "arn:aws:iam::123456789012:role/" + "x".repeat(200), "AWS comments");
  await person.seesEverywhereOnce("x".repeat(200));
  await person.choosesOn("Resolver AWS", "Attach file to case");
  await person.sees("slack", "There is no file on this message.");
  await person.opensThread();
  await everywhere(person, "the channel", found);
  await person.presses("Comment", person.card);
  await person.seesForm("Comment");
  await everywhere(person, "a short form", found);
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
  await person.goesTo("Casebridge: Home");
  await person.sees("slack", "Other open cases");
  await everywhere(person, "the Home", found);
  await person.presses("New case");
  await person.seesForm("New case");
  await everywhere(person, "a long form", found);
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
  if (WRITES) return writeFileSync(APPROVED, JSON.stringify(found, null, 1).replace(/\[\s+([^\]]*?)\s+\]/g, (_, list) => `[${list.replace(/\s+/g, " ")}]`) + "\n");
  const moved = compare(JSON.parse(readFileSync(APPROVED, "utf8")), found);
  if (moved.length) throw new Error("it looks otherwise than approved: " + moved.slice(0, 20).join("; "));
};

async function everywhere({ page }, what, found) {
  for (const width of [390, 1280, 1600]) {
    await page.setViewportSize({ width, height: 1000 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const outside = await page.evaluate(cutOff);
      if (outside.length) throw new Error(`${what}, ${colorScheme}, ${width} px: ${outside.join("; ")}`);
    }
    found[`${what}, ${width} px`] = await still(page);
  }
}

// Once nothing moves any more.
async function still(page) {
  for (let before = "", tries = 0; tries < 100; tries += 1) {
    const now = await page.evaluate(rectangles, REGIONS);
    if (JSON.stringify(now) === before) return now;
    before = JSON.stringify(now);
    await page.waitForTimeout(250);
  }
  throw new Error("the page does not come to rest");
}

// Left, top, width and height of each region that is to be seen.
function rectangles(regions) {
  const all = {};
  for (const name of regions) {
    const node = document.querySelector(name);
    if (!node?.getClientRects().length) continue;
    const { left, top, width, height } = node.getBoundingClientRect();
    all[name] = [left, top + scrollY, width, height].map(Math.round);
  }
  return all;
}

function compare(approved, found) {
  const moved = [];
  const differ = (one, other) => !one || !other || one.some((value, index) => Math.abs(value - other[index]) > LEEWAY);
  for (const what of new Set([...Object.keys(approved), ...Object.keys(found)])) {
    const [before, now] = [approved[what] || {}, found[what] || {}];
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)]))
      if (differ(before[name], now[name])) moved.push(`${what}: ${name} at ${now[name] || "nowhere"}, not ${before[name] || "nowhere"}`);
  }
  return moved;
}

// What reaches over the page's side, and what is cut off inside of its section.
function cutOff() {
  const width = document.documentElement.clientWidth;
  const visible = [...document.querySelectorAll("body *")].filter(
    (node) => node.getClientRects().length && !node.closest(".unseen"),
  );
  const named = (node, why) => `${node.tagName} "${node.textContent.trim().slice(0, 30)}" ${why}`;
  const wide = visible
    .filter((node) => node.getBoundingClientRect().right > width + 1)
    .map((node) => named(node, "reaches over the side"));
  const cut = visible.filter(
    (node) =>
      node.matches("section, .list, .body, dialog, form, .message, .item") && node.scrollWidth > node.clientWidth + 1,
  );
  return [...wide, ...cut.map((node) => named(node, "is cut off"))];
}
