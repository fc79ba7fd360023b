// Does the page fit a phone and a desktop, light and dark, with nothing cut off at its side?
"use strict";

exports.name = "the page fits 390, 1280 and 1600 pixels, light and dark, with cases, menus and forms open";

exports.tell = async (person) => {
  await everywhere(person, "empty");
  await person.presses("AWS opens a case");
  await person.presses("Your team opens one");
  await person.sees("slack", "Resolver AWS", "Resolver Your team");
  await person.actsAsAws("Comment as AWS", "arn:aws:iam::123456789012:role/" + "x".repeat(200), "AWS comments");
  await person.seesEverywhereOnce("x".repeat(200));
  await person.choosesOn("Resolver AWS", "Attach file to case");
  await person.sees("slack", "There is no file on this message.");
  await person.opensThread();
  await everywhere(person, "the channel");
  await person.presses("Comment", person.card);
  await person.seesForm("Comment");
  await everywhere(person, "a short form");
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
  await person.goesTo("Casebridge: Home");
  await person.sees("slack", "Other open cases");
  await everywhere(person, "the Home");
  await person.presses("New case");
  await person.seesForm("New case");
  await everywhere(person, "a long form");
  await person.presses("Cancel", person.form);
  await person.seesFormClose();
};

async function everywhere(person, what) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280, 1600]) {
      await person.page.emulateMedia({ colorScheme });
      await person.page.setViewportSize({ width, height: 1000 });
      const outside = await person.page.evaluate(cutOff);
      if (outside.length) throw new Error(`${what}, ${colorScheme}, ${width} px: ${outside.join("; ")}`);
    }
  }
}

// What reaches over the page's side, what is cut off inside of its section, and text that is hard to tell from its ground.
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
