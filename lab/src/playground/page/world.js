// What is to be seen, and how does one act? All other scripts read and act through this one.

export const $ = (id) => document.getElementById(id);

// What the server showed, by name: `sir/7000000001`, `message/C…/…`, `issue/SEC-1`, `step/00000017`.
const things = new Map();
export const world = { draw: () => {}, acted: () => {}, isThere: false };

export const get = (name) => things.get(name);

// All things whose names begin so, in the order of their names.
export const all = (prefix) =>
  [...things.keys()]
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => things.get(name));

export const slack = () => get("slack");
export const people = () => slack().people.map((one) => ({ ...one, name: one.name[0].toUpperCase() + one.name.slice(1) }));
export const me = () => $("person").value;
export const own = () => get("own/" + me()) || { ephemerals: [] };

export function names() {
  const { bot } = slack();
  return { ...Object.fromEntries(people().map((one) => [one.id, one.name])), [bot]: "Casebridge", USLACKBOT: "Slackbot" };
}

// What is remembered when the page is loaded again; each tab has its own.
const kept = JSON.parse(sessionStorage.getItem("kept") || "{}");
export const recall = (name, otherwise) => kept[name] ?? otherwise;
export function keep(name, value) {
  kept[name] = value;
  sessionStorage.setItem("kept", JSON.stringify(kept));
}

// Sends what somebody did. The answer has `error` where it could not be done.
export async function act(what) {
  say("");
  world.acted(what);
  const body = await post("/acts", what);
  if (body.status && body.status !== 200) body.error = "The bridge answered " + body.status;
  if (body.error) say(body.error);
  return body;
}

export async function post(path, what) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(what),
    });
    return await answer.json();
  } catch (error) {
    return { error: "The playground does not answer." };
  }
}

export function say(words) {
  $("trouble").textContent = words;
}

let drawing = false;

// Draws once, however much is new.
export function redraw() {
  if (drawing || !world.isThere) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    world.draw();
  });
}

// Hears what is new, for ever; the browser comes back by itself where the line breaks.
export function watch() {
  const news = new EventSource("/news");
  news.onmessage = ({ data }) => {
    const { anew, set, gone } = JSON.parse(data);
    if (anew) things.clear();
    for (const name of gone) things.delete(name);
    for (const [name, thing] of Object.entries(set)) things.set(name, thing);
    world.isThere = true;
    redraw();
  };
  news.onerror = () => say("The playground does not answer. Is it still running?");
  news.onopen = () => say("");
}
