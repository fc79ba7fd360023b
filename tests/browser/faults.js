// Is nothing lost, doubled or out of order, whatever is broken meanwhile, and wherever?
"use strict";

exports.name = "each fault is switched on, lifted, and everything was told once and in order";

const SWITCHES = [
  ...["down (503)", "too many (429)", "slow, 3 s", "answers lost", "events lost", "events twice", "events late"].map(
    (trouble) => "AWS: " + trouble,
  ),
  ...["Slack", "Jira"].flatMap((place) =>
    [
      "down (503)",
      "too many (429)",
      "slow, 3 s",
      "answers lost",
      "ok, not stored",
      "events lost",
      "events twice",
      "events late",
    ].map((trouble) => `${place}: ${trouble}`),
  ),
  "Slack: channel archived",
  "Jira: issue forbidden",
  "Table: too many (429)",
  "Worker: killed at next step",
];

// Of what is broken the bridge warns.
exports.warns = true;

exports.tell = async (person) => {
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  await person.opensThread();
  await person.seesAllTold();
  const told = [];
  for (const name of SWITCHES) {
    await person.switches(name);
    await person.page.getByText("Now: ").waitFor();
    told.push("While " + name);
    await person.actsAsAws("Comment as AWS", told.at(-1), "AWS comments");
    await person.lets("+1 min");
    // A killed worker is over by itself.
    if (!name.startsWith("Worker: ")) await person.presses("Mend all");
    await person.page.getByText("Nothing fails now.").waitFor();
    // The hourly check, and what follows from it.
    await person.lets("+1 h");
    await person.lets("+1 h");
    await person.seesAllTold();
  }
  for (const text of told) await person.seesEverywhereOnce(text);
};
