// Does everybody see and do in Slack what their role allows, and nothing else?
"use strict";

exports.name = "each person of the page may do what their role allows, by words and by the card, and is told so where it may not";

const REFUSED = { reads: "needs the role viewer", says: "needs the role responder", closes: "needs the role commander" };
const MAY = { reads: "Open cases: 1", says: "Your comment is on case", closes: "That is final" };

// What is answered, by role.
const ROLES = {
  admin: MAY,
  commander: MAY,
  responder: { ...MAY, closes: REFUSED.closes },
  viewer: { ...REFUSED, reads: MAY.reads },
  "no role": REFUSED,
  guest: { ...REFUSED, presses: "Guests of this Slack workspace may not use Casebridge" },
  "of another organisation": null,
};

exports.tell = async (person) => {
  const { page } = person;
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  const people = await page.locator("#person option").evaluateAll((all) => all.map((one) => one.label));
  const met = new Set();
  for (const label of people) {
    const [, name, role] = label.match(/^(\S+) \((.*)\)$/);
    if (!(role in ROLES)) throw new Error(`nobody knows what "${role}" may do`);
    met.add(role);
    await person.is(name);
    if (ROLES[role]) await insider(person, name, ROLES[role]);
    else await stranger(person);
  }
  const missed = Object.keys(ROLES).filter((role) => !met.has(role));
  if (missed.length) throw new Error(`nobody is ${missed.join(", ")}`);
  await slackRefuses(person);
  await person.lets("+1 min");
  await person.seesAllTold();
};

async function insider(person, name, { reads, says, closes, presses = says }) {
  await asks(person, "/sir list", reads);
  await asks(person, `/sir 7000000003 comment ${name} looks.`, says);
  await asks(person, "/sir 7000000003 close", closes);
  // The same by the card's buttons.
  if (says === MAY.says) {
    await person.seesEverywhereOnce(`${name} looks.`);
    await person.presses("Comment", person.card);
    await person.seesForm("Comment");
    await person.presses("Cancel", person.form);
    await person.seesFormClose();
  } else {
    for (const where of ["aws", "jira"]) await person.seesTimes(where, `${name} looks.`, 0);
    await answers(person, () => person.presses("Comment", person.card), presses);
  }
}

// They share one channel, and see nothing of a case there.
async function stranger(person) {
  const places = await person.page.locator("#places").innerText();
  if (places.includes("security")) throw new Error(`a stranger sees ${places}`);
  await person.goesTo("# partners (shared)");
  for (const line of ["list", "7000000003 show", "7000000003 comment hello"])
    await asks(person, "/sir " + line, "Only people of this Slack workspace may use Casebridge");
  await person.seesNoMore("slack", "Credentials used from a new country");
}

// Slack's own refusals.
async function slackRefuses(person) {
  await person.is("Bo");
  await person.goesTo("# security");
  await person.says("/sri help");
  await person.sees("slack", "/sri is not a valid command");
  await person.opensThread();
  await person.replies("/sir status");
  await person.sees("slack", "/sir is not supported in threads. Sorry!", "In a thread, write @Casebridge");
}

const asks = (person, line, answer) => answers(person, () => person.says(line), answer);

// One more answer than before says so.
async function answers(person, act, hasText) {
  const told = person.page.locator("#messages .ephemeral", { hasText });
  const before = await told.count();
  await act();
  await told.nth(before).waitFor();
}
