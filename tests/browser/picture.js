// The picture at the top of README: an outage of Slack in the middle, and three zeros.
"use strict";

exports.name = "the playground's picture is taken";
exports.warns = true;
exports.arguments = ["--story", "outage"];

exports.tell = async (person) => {
  const { page } = person;
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1600, height: 940 });
  const next = page.locator("#goes-on");
  await next.filter({ hasText: "Begin" }).click();
  await page.locator("#story-step", { hasText: /^1 of/ }).waitFor();
  await person.sees("slack", "We see sign-ins from two countries");
  await page.locator("#goes-on:enabled").click();
  await page.locator("#story-step", { hasText: /^2 of/ }).waitFor();
  await person.sees("jira", "Please confirm the user.");
  await page.locator("#goes-on:enabled").waitFor();
  await page.locator("#under-way", { hasText: /^[1-9]/ }).waitFor();
  await person.seesZeros();
  const path = process.env.CASEBRIDGE_PICTURE;
  const taken = await page.screenshot(path ? { path } : {});
  if (taken.length < 50_000) throw new Error(`a picture of ${taken.length} bytes shows nothing`);
};
