// Is each story told to its end by its one button, with nothing lost?
"use strict";

exports.name = "each story is told step by step, and its counters stay at zero";

// Of what is broken the bridge warns.
exports.warns = true;

// What stands beside the three places, by story and step: who is paged, what a webhook receives, what another one loses.
const SEEN = {
  "night 1": ["#outside", "case.opened"],
  "night 3": ["#outside", "triggered"],
  "night 5": ["#outside", "resolved"],
  "outage 6": ["#webhook", /[1-9]\d* lost/],
  "teams 2": ["#issue", "PAY-1"],
  "sixty 4": ["#webhook", /[1-9]\d* doubled/],
};

exports.tell = async (person) => {
  const { page } = person;
  await page.locator("#story-name option[value=sixty]").waitFor({ state: "attached" });
  const names = await page.locator("#story-name option").evaluateAll((all) => all.map((one) => one.value));
  for (const name of names.filter(Boolean)) {
    await page.locator("#story-name").selectOption(name);
    await person.presses("Begin anew");
    const next = page.locator("#goes-on");
    await next.filter({ hasText: "Begin" }).waitFor();
    for (let step = 1; (await next.innerText()) !== "The end"; step += 1) {
      await next.click();
      await page.locator("#story-step", { hasText: new RegExp(`^${step} of`) }).waitFor({ timeout: 300_000 });
      await page.locator("#goes-on:enabled, #goes-on:text-is('The end')").waitFor({ timeout: 300_000 });
      await person.seesZeros();
      const [where, hasText] = SEEN[`${name} ${step}`] || [];
      if (where) await page.locator(where, { hasText }).waitFor();
    }
    await person.seesAllTold();
  }
};
