// Can the forms be filled in that no button leads to: those of a membership?
"use strict";

exports.name = "a membership is changed in its form, and a required tick is asked for";

exports.tell = async (person) => {
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
};
