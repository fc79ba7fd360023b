// Does everybody see and do in Slack what their role allows, and nothing else?
"use strict";

exports.name = "each role may do what is theirs, and is told so where it may not";

exports.tell = async (person) => {
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  await asks(person, "Ana", "/sir list", "Credentials used from a new country");
  await asks(person, "Dia", "/sir list", "Credentials used from a new country");
  await asks(person, "Dia", "/sir 7000000003 comment hello", "needs the role responder");
  await asks(person, "Eli", "/sir 7000000003 comment hello", "role");
  await asks(person, "Gil", "/sir 7000000003 comment hello", "needs the role responder");
  await asks(person, "Bo", "/sir 7000000003 close", "needs the role commander");
  await asks(person, "Cem", "/sir 7000000003 close", "Close the case");
  await person.is("Ola");
  await person.goesTo("# partners (shared)");
  await person.says("/sir list");
  await person.sees("slack", "Only visible to you");
  await person.seesNoMore("slack", "Credentials used from a new country");
  // Slack's own refusals.
  await person.is("Bo");
  await person.goesTo("# security");
  await person.says("/sri help");
  await person.sees("slack", "/sri is not a valid command");
  await person.opensThread();
  await person.replies("/sir status");
  await person.sees("slack", "/sir is not supported in threads. Sorry!", "In a thread, write @Casebridge");
  await person.seesZeros();
};

async function asks(person, name, line, answer) {
  await person.is(name);
  await person.says(line);
  await person.page.locator("#messages .ephemeral", { hasText: answer }).first().waitFor();
}
