// Can a person who knows nothing work cases on the playground's page, by its buttons and forms alone?
//
//   NODE_PATH=… node tests/browser/run.js CASEBRIDGE CHROMIUM [STORY...]
//
// Each story has its own playground. It fails when something is not to be seen in time, when the browser's console says
// anything, or when a request fails.
"use strict";
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const readline = require("node:readline");
const { chromium } = require("playwright-core");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { FORMS, Person } = require("./person");

// The longest first: two are told at a time.
const STORIES = [
  "stories",
  "faults",
  "newcomer",
  "axe",
  "as_aws",
  "phone",
  "own_case",
  "aws_case",
  "as_jira",
  "forms",
  "hands",
  "tabs",
  "roles",
  "clock",
  "many",
  "keyboard",
  "layout",
  "picture",
  "pictures",
  "recording",
];

// Without these Chromium looks for Google's hosts at every start.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function playground(casebridge, arguments_) {
  const child = spawn(casebridge, ["play", "--no-open", ...arguments_], { stdio: ["ignore", "pipe", "pipe"] });
  const warnings = [];
  readline.createInterface(child.stderr).on("line", (line) => warnings.push("casebridge: " + line));
  for await (const line of readline.createInterface(child.stdout)) {
    const url = line.match(/http:\/\/\S+/);
    if (url) return { child, url: url[0], warnings };
  }
  throw new Error("the playground did not start: " + warnings.join("\n"));
}

// What must not happen while a story is told.
function watched(page, trouble, story) {
  const refused = (status) => story.refuses && status === 409;
  page.on("console", (message) => {
    if (!refused(Number(message.text().match(/status of (\d+)/)?.[1]))) trouble.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => trouble.push(`page: ${error.stack}`));
  // A page that is loaded again hears no more news.
  const ends = (request) => request.url().endsWith("/news");
  page.on("requestfailed", (request) => ends(request) || trouble.push(`${request.url()}: ${request.failure().errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400 && !refused(response.status())) trouble.push(`${response.url()}: HTTP ${response.status()}`);
  });
}

async function tell(story, browser, casebridge) {
  const { child, url, warnings } = await playground(casebridge, story.arguments || []);
  const trouble = [];
  const context = await browser.newContext({
    viewport: { width: 1600, height: 1000 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  watched(page, trouble, story);
  try {
    await page.goto(url);
    await story.tell(new Person(page));
    if (await page.getByText("The playground cannot show").count()) trouble.push("something that was sent is not shown");
  } catch (error) {
    trouble.push(error.message, "What the person saw:\n" + (await page.locator("body").innerText()));
  }
  const found = [...trouble, ...(story.warns ? [] : warnings)];
  await context.close();
  child.kill();
  await once(child, "exit");
  return found;
}

// A form that no story opens has no test.
function unseenForms() {
  const source = readFileSync(join(__dirname, "../../src/chat/forms/mod.rs"), "utf8");
  const titles = [...source.split("fn title(&self)")[1].split("\n    }\n")[0].matchAll(/=> "([^"]+)"/g)].map(([, title]) => title);
  const unseen = titles.filter((title) => !FORMS.has(title));
  console.log(unseen.length ? `FAILED  no story opens: ${unseen.join(", ")}` : `ok  all ${titles.length} forms were opened`);
  return titles.length ? unseen.length : 1;
}

async function main([casebridge, executablePath, ...wanted]) {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const isAll = !wanted.length,
    names = isAll ? [...STORIES] : wanted;
  let failures = 0;
  const teller = async () => {
    for (let name = names.shift(); name; name = names.shift()) {
      const story = require("./" + name),
        begun = Date.now();
      const trouble = await tell(story, browser, casebridge);
      console.log(`${trouble.length ? "FAILED" : "ok"}  ${story.name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
      if (trouble.length) console.log(trouble.join("\n"));
      failures += trouble.length ? 1 : 0;
    }
  };
  // A story waits more than it works.
  await Promise.all([teller(), teller()]);
  await browser.close();
  if (isAll && !failures) failures += unseenForms();
  process.exitCode = failures ? 1 : 0;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
