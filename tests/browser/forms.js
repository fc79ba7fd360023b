// Can the forms be filled in that no card leads to: those of a membership, of a file beside the threads, of a case at home?
"use strict";

exports.name = "the forms that no card leads to: a membership's, a file's beside the threads, a case's at home, a clock's, an owner's, a restriction's";

exports.tell = async (person) => {
  await membership(person);
  await file(person);
  await atHome(person);
  await clock(person);
  await whose(person);
};

async function clock(person) {
  await person.goesTo("# security");
  await person.says("/sir 7000000003 clock");
  await person.presses("Start one from a moment…", person.page.locator("#messages"));
  await person.seesForm("Start a clock");
  await person.writes("It runs from", "2099-01-01T00:00");
  await person.presses("Start it", person.form);
  await person.seesWrong("It runs from", "has not come yet");
  await person.writes("It runs from", "2026-01-05T09:00");
  await person.presses("Start it", person.form);
  await person.seesFormClose();
  await person.sees("slack", "NIS2 runs from");
}

// Who gets a case, and who alone may know of it, are chosen among people.
async function whose(person) {
  await person.says("/sir 7000000003 owner");
  await person.presses("Hand over…", person.page.locator("#messages"));
  await person.seesForm("Hand over the case");
  await person.ticks("Bo");
  await person.presses("Hand it over", person.form);
  await person.seesFormClose();
  await person.sees("slack", "gave this case to @Bo");
  await person.says("/sir 7000000003 restrict");
  await person.seesForm("Restrict the case");
  await person.ticks("Bo");
  await person.presses("Restrict it", person.form);
  await person.seesFormClose();
  await person.sees("slack", "may know of case 7000000003");
}

// Of what is said beside the threads, nobody knows which case is meant.
async function file(person) {
  await person.presses("AWS opens a case");
  await person.sees("slack", "Resolver AWS");
  const picked = { name: "proxy.log", mimeType: "text/plain", buffer: Buffer.from("03:10 web-2 is off") };
  await person.page.locator("#line-pick").setInputFiles(picked);
  await person.says("from the proxy");
  await person.choosesOn("proxy.log", "Attach file to case");
  await person.seesForm("Attach to a case");
  await person.chooses("Case", "7000000003  Credentials used from a new country");
  await person.presses("Attach", person.form);
  await person.seesFormClose();
  await person.sees("aws", "proxy.log · Verified");
}

async function atHome(person) {
  await person.goesTo("Casebridge: Home");
  await person.sees("slack", "Credentials used");
  await person.presses("Open", person.page.locator("#messages"));
  await person.seesForm("Case");
  await person.form.getByText("Worked by: AWS").waitFor();
  await person.form.getByText("proxy.log (Verified)").waitFor();
  await person.presses("Close", person.form);
  await person.seesFormClose();
}

async function membership(person) {
  await person.says("/sir membership update");
  await person.seesForm("Change the membership");
  await person.writes("New name (optional)", "Trains");
  await person.chooses("Triage of findings (optional)", "Off");
  await person.presses("Change it", person.form);
  await person.seesWrong("Change the membership.", "Please complete this required field.");
  await person.ticks("Change the membership.");
  await person.presses("Change it", person.form);
  await person.seesFormClose();
  await person.says("/sir membership show");
  await person.sees("slack", "Trains");

  await person.says("/sir membership new");
  await person.seesForm("New membership");
  await person.writes("Name", "ab");
  await person.writes("Incident response team", "Ana");
  await person.ticks("Make the membership: AWS charges for it.");
  await person.presses("Make it", person.form);
  await person.seesWrong("Name", "A membership's name has 3 to 50 characters.");
  await person.seesWrong("Incident response team", "A team has 2 to 10 people; this has 1.");
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
}
