// Can somebody open, comment, move, watch, attach to, edit and close a case that their own team works?
"use strict";

exports.name = "a case of the own team is opened, commented, moved, watched, given a file, edited and closed";

exports.tell = async (person) => {
  await opens(person);
  await comments(person);
  await moves(person);
  await watches(person);
  await attaches(person);
  await fetches(person);
  await edits(person);
  await closes(person);
  await person.stillOnce();
};

async function opens(person) {
  await person.presses("Open Casebridge");
  await person.presses("New case");
  await person.seesForm("New case");

  await person.presses("Open the case", person.form);
  await person.seesWrong("Title", "Please complete this required field.");
  await person.seesWrong("Description", "Please complete this required field.");

  await person.writes("Title", "A laptop was stolen");
  await person.writes("Description", "It was in a train.");
  await person.chooses("Type", "Security Incident");
  await person.chooses("Who works it?", "Our own team works it");
  await person.writes("Accounts (optional)", "12");
  await person.ticks("eu-central-1");
  await person.ticks("Bo");
  await person.presses("Open the case", person.form);
  await person.seesWrong("Accounts (optional)", '"12" is not an AWS account id');
  await person.seesValue("Title", "A laptop was stolen");

  await person.writes("Accounts (optional)", "123456789012");
  await person.presses("Open the case", person.form);
  await person.seesFormClose();
  await person.seesOnce("aws", "A laptop was stolen", "It was in a train.");
  await person.seesOnce("aws", "bo@example.com");
  await person.sees("aws", "self-managed", "Submitted", "Pending action: None");
  await person.sees("jira", "A laptop was stolen", "SEC-1");
  await person.sees("jira", "To Do");

  await person.goesTo("Casebridge: Messages 1 unread");
  await person.sees("slack", "is open. Its card appears in a moment");
  await person.goesTo("Casebridge: Home");
  await person.sees("slack", "A laptop was stolen");
  await person.goesTo("# security");
  await person.seesOnce("slack", "A laptop was stolen", "It was in a train.", "123456789012", "eu-central-1");
  await person.sees("slack", "● Submitted", "Resolver Your team", "Watchers 1");
}

async function comments(person) {
  await person.presses("Comment", person.card);
  await person.seesForm("Comment");
  await person.writes("Comment", "We call the railway.");
  await person.presses("Add it", person.form);
  await person.seesFormClose();
  await person.seesEverywhereOnce("We call the railway.");
  await person.seesOnce("slack", "Your comment is on case");
}

async function moves(person) {
  await person.card.getByRole("combobox").selectOption({ label: "Detect" });
  await person.sees("aws", "Detection and Analysis");
  await person.sees("slack", "● Detection and Analysis");
  await person.seesOnce(
    "slack",
    "Status Submitted → Detection and Analysis",
    "goes from Submitted to Detection and Analysis",
  );
  await person.seesOnce("jira", "Status Submitted → Detection and Analysis");
  await person.sees("jira", "In Progress");
}

async function watches(person) {
  await person.presses("More", person.card);
  await person.presses("Watch", person.page.locator("#messages"));
  await person.seesOnce("aws", "ana@example.com");
  await person.seesOnce("slack", "now has the watcher ana@example.com", "Watchers + ana");
  await person.sees("jira", "Watchers", "bo, ana");
  await person.sees("slack", "Watchers 2");
}

async function attaches(person) {
  await person.opensThread();
  await person.replies("Here is the ticket.", { name: "train ticket.txt", text: "coach 7, seat 12" });
  await person.seesOnce("slack", "train ticket.txt 16 B", "Here is the ticket.");
  await person.seesOnce("aws", "Here is the ticket.");
  await person.seesOnce("jira", "Here is the ticket.");
  await person.choosesOn("train ticket.txt 16 B", "Attach file to case");
  await person.seesOnce("aws", "train_ticket.txt · Verified", "train_ticket.txt (in Slack: train ticket.txt)");
  await person.seesOnce("slack", "AWS checks it now");
  await person.sees("slack", "Attachment train_ticket.txt", "Verified");
  await person.sees("jira", "train_ticket.txt (Verified)");
}

// The link that is shown to the person alone gives the bytes that they chose on their disk.
async function fetches(person) {
  await person.presses("More", person.card);
  await person.presses("Files", person.page.locator("#messages"));
  await person.presses("Get train_ticket.txt", person.page.locator("#messages"));
  await person.sees("slack", "Only you see this link");
  const url = await person.page.getByRole("link", { name: "train_ticket.txt" }).getAttribute("href");
  const text = await (await fetch(url)).text();
  if (text !== "coach 7, seat 12") throw new Error(`the file holds "${text}"`);
}

async function edits(person) {
  await person.presses("More", person.card);
  await person.presses("Edit", person.page.locator("#messages"));
  await person.seesForm("Edit details");
  await person.form.getByLabel("Title").waitFor();
  await person.seesValue("Title", "A laptop was stolen");
  await person.presses("Change it", person.form);
  await person.seesWrong("Title", "Nothing was changed in this form yet.");
  // The old title is told of from now on.
  person.told = person.told.filter(([, text]) => text !== "A laptop was stolen");
  await person.writes("Title", "A phone was stolen");
  await person.presses("Change it", person.form);
  await person.seesFormClose();
  await person.seesOnce("aws", "A phone was stolen");
  await person.seesOnce("slack", "is changed as you filled it in", "Title A laptop was stolen → A phone was stolen");
  await person.sees("jira", "SEC-1 A phone was stolen");
}

async function closes(person) {
  // All hints come again, and none of them tells anything again.
  await person.deliversAgain();
  await person.choosesOnCard("Close…");
  await person.seesForm("Close the case");
  await person.form.getByText("That is final").waitFor();
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
  await person.sees("aws", "Detection and Analysis");
  await person.closesCase();
  await person.sees("aws", "Closed ·");
  await person.seesOnce("slack", "is closed.", "Status Detection and Analysis → Closed");
  await person.sees("jira", "Done");
  await person.seesOnce("jira", "Status Detection and Analysis → Closed");
  await person.seesButtons(person.card, "Show all", "Comment");
}
