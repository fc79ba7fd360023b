// Does somebody who has seen nothing but the README find out in a minute why this is not a webhook? They read what the page says
// under "In a minute", and press and write what it names; nothing else is known to them.
"use strict";
const { everywhere } = require("./axe");

exports.name = "a newcomer is led through a case, three sides and an outage of Slack in under three minutes";
exports.warns = true;

const MOST = 25;

exports.tell = (person) => toTheEnd(person);

// Does all of the tour, checks what was promised, and ends it. `before` is what one does at each step first.
async function toTheEnd(person, before) {
  const { page } = person;
  const begun = Date.now();
  const texts = await follow(person, { before });
  const took = Date.now() - begun;
  if (took > 180_000) throw new Error(`it took ${took / 1000} s`);
  await person.sees("aws", "Closed");
  if (texts.length !== 4) throw new Error(`${texts.length} things were said`);
  for (const text of texts) await person.seesEverywhereOnce(text);
  await person.seesAllTold();
  const reason = await page.locator("#tour-words").innerText();
  if (!/nothing was lost, doubled or out of order\. A webhook beside it: [1-9]\d* lost/.test(reason)) throw new Error(`the reason on the screen: ${reason}`);
  const counts = await page.locator("#webhook-counts").innerText();
  if (!/^[1-9]\d* lost, 0 doubled, 0 out of order$/.test(counts)) throw new Error(`the webhook beside it: ${counts}`);
  if (!/\d (s|min|h)$/.test(await page.locator("#half").innerText())) throw new Error("nothing says how soon things are told");
  await everywhere(page, "the tour's end");
  await person.presses("End the tour");
  await page.locator("#tour").waitFor({ state: "hidden" });
}

// Does what the page says, step by step; `done` is told after each. The answer is what was written.
async function follow(person, { said = [], before = async () => {}, done = async () => {} }) {
  const { page } = person;
  const texts = [];
  let acts = 0;
  while (await page.locator("#tour-shows").isVisible()) {
    const step = await page.locator("#tour-words").innerText();
    const written = [];
    await before();
    for (const [, name] of step.matchAll(/“([^”]+)”/g)) {
      acts += 1;
      if (acts > MOST) throw new Error(`after ${MOST} acts the tour is still at: ${step}`);
      const field = page.getByRole("textbox", { name, exact: true }).or(page.getByRole("combobox", { name, exact: true }));
      await field.or(page.getByRole("button", { name, exact: true })).first().waitFor();
      if (!written.includes(name) && (await field.count())) {
        written.push(name);
        texts.push(said[texts.length] || `Words number ${texts.length + 1}`);
        await field.fill(texts.at(-1));
      } else await person.presses(name);
    }
    await page.waitForFunction((step) => document.querySelector("#tour-words").textContent !== step, step);
    await done();
  }
  return texts;
}

exports.follow = follow;
exports.toTheEnd = toTheEnd;
