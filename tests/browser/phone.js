// Can a newcomer do the same on a phone, where one place is shown at a time and "Show me where" leads there?
"use strict";
const { toTheEnd } = require("./newcomer");

exports.name = "a newcomer is led through all of it on a phone";
exports.warns = true;

exports.tell = async (person) => {
  const { page } = person;
  await page.setViewportSize({ width: 390, height: 844 });
  await toTheEnd(person, async () => {
    await person.presses("Show me where");
    // As soon as the page has drawn itself.
    const isSeen = () => {
      const { top, bottom } = document.activeElement.getBoundingClientRect();
      return document.activeElement !== document.body && top >= 0 && bottom <= innerHeight;
    };
    await page.waitForFunction(isSeen, null, { timeout: 5_000 }).catch(() => {
      throw new Error("what is to be pressed is not on the screen");
    });
  });
};
