// Is nothing lost, doubled or out of order, whatever is broken meanwhile, and wherever?
"use strict";

exports.name = "each fault of the page is switched on, is felt, is lifted, and everything was told once and in order";
// Of what is broken the bridge warns.
exports.warns = true;

// What each fault does, as the bridge's steps say it: their kind and how they went.
const FELT = {
  "down (503)": /503/,
  "too many (429)": /429|ratelimited/,
  "slow, 3 s": null,
  "answers lost": /no answer/,
  "ok, not stored": null,
  "events lost": /^meddled lost/,
  "events twice": /^meddled doubled/,
  "events late": /^meddled late/,
  "channel archived": /is_archived/,
  "issue forbidden": /403/,
  "killed at next step": /^killed/,
};
// Who says for how long it wants to be left alone.
const BUDGETS = { Slack: true, Jira: true };
const LISTS = { AWS: "slack", Slack: "slack", Jira: "jira" };

exports.tell = async (person) => {
  const { page } = person;
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  await person.opensThread();
  await person.seesAllTold();
  const switches = await page.locator("#faults .switch").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  if (switches.length < 27) throw new Error(`only ${switches.length} switches`);
  const told = [];
  for (const name of switches) {
    await person.switches(name);
    await page.getByText("Now: ").waitFor();
    told.push(...(await meanwhile(person, name)));
    // A killed worker is over by itself.
    if (!name.startsWith("Worker: ")) await person.presses("Mend all");
    await page.getByText("Nothing fails now.").waitFor();
    // The hourly check, and what follows from it.
    await person.lets("+1 h");
    await person.lets("+1 h");
    await person.seesAllTold();
  }
  for (const text of told) await person.seesEverywhereOnce(text);
};

// What is said while it holds; it fails where nothing of the fault is felt.
async function meanwhile(person, name) {
  const { page } = person;
  const [place, fault] = name.split(": ");
  if (!(fault in FELT)) throw new Error(`nobody knows how to feel "${name}"`);
  const begun = Date.now();
  const said = ["While " + name];
  await person.actsAsAws("Comment as AWS", said[0], "AWS comments");
  if (fault.startsWith("events") && place !== "AWS") {
    said.push("Said while " + name);
    await speaks(person, place, said[1]);
  }
  if (FELT[fault]) await feels(page, name, FELT[fault]);
  // Whoever is in a hurry waits for nothing, not even for what is slow.
  if (fault.startsWith("slow")) await person.sees(LISTS[place], said[0]);
  if (fault.startsWith("too many") && place in BUDGETS) {
    await page.locator("#budgets li", { hasText: new RegExp(`^${place} .*: asked to be left alone, again in`) }).first().waitFor();
  }
  await person.lets("+1 min");
  if (fault.startsWith("slow") && Date.now() - begun < 3000) throw new Error(`"${name}" is not felt`);
  if (fault.startsWith("ok,")) {
    await person.seesTimes("aws", said[0], 1);
    await person.seesTimes(LISTS[place], said[0], 0);
  }
  return said;
}

async function speaks(person, place, text) {
  if (place === "Slack") return person.replies(text);
  await person.writes("Comment in Jira", text, person.page);
  await person.presses("Comment", person.page.locator("#remark"));
}

// Fails where no step says so since the last switch. Many steps in a short time scroll past: so all that the page has
// count, not those that it draws.
async function feels(page, name, how) {
  const said = () =>
    page.evaluate(async () => {
      const { all } = await import("/world.js");
      const steps = all("step/");
      const last = steps.findLastIndex((step) => step.kind === "switched");
      return steps.slice(last + 1).map((step) => `${step.kind} ${step.how || ""}`);
    });
  const late = Date.now() + 20_000;
  while (!(await said()).some((step) => how.test(step))) {
    if (Date.now() > late) throw new Error(`"${name}" is not felt: ${(await said()).join(", ")}`);
    await page.waitForTimeout(40);
  }
}
