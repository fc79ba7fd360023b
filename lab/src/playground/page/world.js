// What is to be seen, and how does one act? All other scripts read and act through this one.

export const $ = (id) => document.getElementById(id);

// `seen` is what the server showed last.
export const world = { seen: null, draw: () => {}, acted: () => {} };

let version = "";

export const me = () => $("person").value;
export const person = () => world.seen.slack.people.find((one) => one.id === me());

export function names() {
  const { people, bot } = world.seen.slack;
  return Object.fromEntries([...people.map((one) => [one.id, one.name]), [bot, "Casebridge"]]);
}

// Sends what somebody did. The answer has `error` where it could not be done.
export async function act(what) {
  say("");
  world.acted(what);
  try {
    const answer = await fetch("/acts", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(what),
    });
    const body = await answer.json();
    if (body.status && body.status !== 200) body.error = "The bridge answered " + body.status;
    if (body.error) say(body.error);
    await look();
    return body;
  } catch (error) {
    say("The playground does not answer.");
    return { error: "The playground does not answer." };
  }
}

export function say(words) {
  $("trouble").textContent = words;
}

// One look after the other: an older answer never takes the place of a newer one.
let looking = Promise.resolve();

export function look() {
  looking = looking.catch(() => {}).then(once);
  return looking;
}

async function once() {
  const answer = await fetch("/state?known=" + encodeURIComponent(version));
  if (answer.status !== 200) return;
  const shown = await answer.json();
  world.seen = shown.seen;
  version = shown.version;
  world.draw();
}

// Looks twice a second, for ever.
export async function watch() {
  try {
    await look();
  } catch (error) {
    say("The playground does not answer.");
  }
  setTimeout(watch, 500);
}
