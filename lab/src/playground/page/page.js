// How does the page begin, and which script answers which question?
//
// world.js hears and acts; list.js keeps elements; text.js, emoji.js, blocks.js, field.js and adf.js show what Slack and
// Jira show; modal.js shows forms; sir.js, slack.js (with message.js and composer.js) and jira.js are the three places;
// bridge.js is what runs between them, controls.js what is done to the world itself, tour.js what a newcomer does first.

import { $, keep, recall, redraw, watch, world } from "./world.js";
import { drawSir, startSir } from "./sir.js";
import { drawSlack, startSlack } from "./slack.js";
import { drawJira, startJira } from "./jira.js";
import { drawBridge } from "./bridge.js";
import { drawControls, startControls } from "./controls.js";
import { drawTour, startTour } from "./tour.js";

world.draw = () => {
  drawSlack();
  drawSir();
  drawJira();
  drawBridge();
  drawControls();
  drawTour();
};

// On a phone one section is shown at a time.
function shows(name) {
  document.body.dataset.shows = name;
  for (const one of document.querySelectorAll("#sections button"))
    one.setAttribute("aria-pressed", String(one.value === name));
  keep("shows", name);
}
for (const one of document.querySelectorAll("#sections button"))
  one.addEventListener("click", () => shows(one.value));
shows(recall("shows", "slack"));

document.addEventListener("section", ({ detail }) => shows(detail));
document.addEventListener("go", ({ detail }) =>
  shows(detail.issue ? "jira" : detail.message ? "slack" : "sir"),
);
$("reads").addEventListener("change", drawBridge);
// What a thread begins with depends on the page's width.
addEventListener("resize", redraw);

startSir();
startSlack();
startJira();
startControls();
startTour();
watch();
