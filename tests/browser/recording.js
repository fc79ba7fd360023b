// The picture that moves: what a newcomer sees who does what the page says. Does it stay small?
"use strict";
const { writeFileSync } = require("node:fs");
const { animated } = require("./apng");
const { follow } = require("./newcomer");

exports.name = "the tour is recorded, in less than 600 kB";
exports.warns = true;

const SAID = [
  "Did your team create the key AKIAIOSFODNN7EXAMPLE?",
  "No. We have turned it off.",
  "The build log of Monday printed it.",
  "Thank you. We watch for more.",
];

exports.tell = async (person) => {
  const { page } = person;
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: 868 });
  const pngs = [await page.screenshot()];
  const done = async () => {
    await page.waitForTimeout(900);
    pngs.push(await page.screenshot());
  };
  await follow(person, { said: SAID, done });
  const moving = animated(pngs, 2500);
  const path = process.env.CASEBRIDGE_RECORDING;
  if (path) writeFileSync(path, moving);
  if (pngs.length !== 10) throw new Error(`${pngs.length} pictures`);
  if (moving.length > 600_000 || moving.length < 100_000) throw new Error(`${moving.length} bytes`);
};
