// What is done to the world itself: faults, the clock, stories?

import { $, act, all, get, people, post, say } from "./world.js";
import { button, el, fill, options } from "./list.js";
import { goesTo, is } from "./slack.js";

const TROUBLES = {
  down: "down (503)",
  throttled: "too many (429)",
  slow: "slow, 3 s",
  answers_lost: "answers lost",
  not_stored: "ok, not stored",
  events_lost: "events lost",
  events_doubled: "events twice",
  events_shuffled: "events late",
  forbidden: "issue forbidden",
  archived: "channel archived",
  crash: "killed at next step",
};
const PLACES = { sir: "AWS", slack: "Slack", jira: "Jira", table: "Table", worker: "Worker" };

export function drawControls() {
  drawSwitches();
  drawClock();
  drawStory();
}

// ---------------------------------------------------------------- faults

function drawSwitches() {
  const { on, known } = get("switches");
  const isOn = (place, trouble) => on.find((one) => one.place === place && one.trouble === trouble);
  for (const place of Object.keys(PLACES)) {
    const own = known.filter((one) => one.places.includes(place));
    fill(
      $("switches-" + place),
      own.map(({ trouble }, index) => ({
        key: trouble,
        content: Boolean(isOn(place, trouble)),
        draw: () => toggle(place, trouble, Boolean(isOn(place, trouble)), index ? -1 : 0),
      })),
      null,
      true,
    );
  }
  const words = on.map((one) => `${PLACES[one.place]} ${TROUBLES[one.trouble]}` + (one.about ? ` (${one.about.split(" ")[0]})` : ""));
  $("faults-on").textContent = words.length ? "Now: " + words.join("; ") : "Nothing fails now.";
  $("calm").hidden = !words.length;
  for (const place of ["sir", "slack", "jira"]) {
    const own = on.filter((one) => one.place === place).map((one) => TROUBLES[one.trouble]);
    $(place).classList.toggle("broken", own.length > 0);
    $(place).querySelector(".broken-sign").textContent = own.join(", ");
  }
}

const switched = (place, trouble, on) => act({ do: "switches", place, trouble, on });

const toggle = (place, trouble, on, tabIndex) =>
  button(TROUBLES[trouble], () => switched(place, trouble, !on), {
    className: "switch",
    tabIndex,
    "aria-pressed": String(on),
    "aria-label": `${PLACES[place]}: ${TROUBLES[trouble]}`,
  });

// The Tab key leads to a place's first switch, the arrows to the others.
function walks(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = [...event.currentTarget.children];
  all.at((all.indexOf(document.activeElement) + by) % all.length).focus();
}

// ---------------------------------------------------------------- clock

let passing = false;

function drawClock() {
  const { now, runs, hurried } = get("clock");
  const then = new Date(now * 1000);
  $("clock").textContent = then.toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" }) + " " + then.toLocaleTimeString([], { hourCycle: "h23" });
  $("runs").textContent = runs ? "Stop" : "Run";
  $("runs").setAttribute("aria-label", runs ? "Stop the clock" : "Run the clock");
  $("clock").classList.toggle("hurried", hurried || passing);
}

async function passes(seconds) {
  if (passing) return;
  passing = true;
  for (const one of document.querySelectorAll("[data-passes]")) one.disabled = true;
  await act({ do: "passes", seconds });
  passing = false;
  for (const one of document.querySelectorAll("[data-passes]")) one.disabled = false;
  drawClock();
}

// ---------------------------------------------------------------- stories

let going = false;
// For which step one became somebody else already.
let seen = "";

function drawStory() {
  const { known, told } = get("story");
  options($("story-name"), [["", "No story: act yourself"], ...known.map((one) => [one.name, one.title])]);
  $("story").hidden = !told;
  if (!told) return;
  const step = told.steps[told.told - 1];
  const chosen = known.find((one) => one.title === told.title);
  if ($("story-title").textContent !== told.title && chosen) $("story-name").value = chosen.name;
  $("story-title").textContent = told.title;
  $("story-step").textContent = step ? `${told.told} of ${told.steps.length}: ${step.title}` : told.about;
  $("story-look").textContent = step ? step.look : "";
  const next = told.steps[told.told];
  if ((step?.see || step?.channel) && seen !== told.title + told.told) {
    seen = told.title + told.told;
    const person = people().find((one) => one.name.toLowerCase() === step.see);
    if (person) is(person.id);
    if (step.channel) goesTo(step.channel);
  }
  $("goes-on").textContent = !next ? "The end" : told.told ? "Next: " + next.title : "Begin: " + next.title;
  $("goes-on").disabled = going || !next;
}

async function goesOn() {
  if (going) return;
  going = true;
  $("goes-on").disabled = true;
  await act({ do: "goes_on" });
  going = false;
  drawStory();
  $("goes-on").focus({ preventScroll: true });
}

async function begins() {
  const answer = await post("/stories", { story: $("story-name").value || null });
  if (answer.error) return say(answer.error);
  // A story begins as itself, not as whom the last one looked at.
  is(people()[0].id);
  goesTo("security");
}

export function startControls() {
  for (const one of document.querySelectorAll("[data-passes]"))
    one.addEventListener("click", () => passes(Number(one.dataset.passes)));
  $("runs").addEventListener("click", () => act({ do: "runs", runs: !get("clock").runs }));
  $("again").addEventListener("click", () => act({ do: "events_again" }));
  $("calm").addEventListener("click", async () => {
    for (const { place, trouble } of get("switches").on) await switched(place, trouble, false);
  });
  for (const place of Object.keys(PLACES)) $("switches-" + place).addEventListener("keydown", walks);
  $("goes-on").addEventListener("click", goesOn);
  $("begins").addEventListener("click", begins);
  $("plans").addEventListener("click", async () => {
    const cases = all("sir/");
    const id = cases.length ? document.querySelector("#case .detail")?.id.slice(5) : "";
    if (!id) return;
    const { plan } = await act({ do: "plans", case: id });
    fill($("plan"), [{ key: id + plan, content: plan, draw: () => el("pre", {}, `Case ${id}, ${new Date(get("clock").now * 1000).toLocaleTimeString()}\n` + (plan || []).join("\n")) }], null, true);
  });
}
