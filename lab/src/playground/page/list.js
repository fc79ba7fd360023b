// How do elements come onto the page, and stay there while nothing about them changes?

// All text comes in as text: nothing from outside is ever read as markup.
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (name === "on") node.addEventListener("click", value);
    else if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else if (value !== undefined) node[name] = value;
  }
  node.append(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// What the page cannot draw is said, in the console too: no test passes over it.
export function unknown(kind) {
  console.error("not drawn: " + kind);
  return el("span", { className: "error" }, "The playground cannot show this: " + kind);
}

export const button = (label, on, props) => el("button", { type: "button", on, ...props }, label);

// Shows items `{key, content, draw}` in a list. An item whose content is the same keeps its element, so focus and open
// menus stay. The answer is the elements that are new or changed; unless `isQuiet` the eye finds them by their colour.
export function fill(list, items, nothing, isQuiet) {
  const before = list.items || new Map(),
    news = [];
  const after = new Map(
    items.map((item) => {
      const mark = JSON.stringify(item.content),
        known = before.get(item.key);
      if (known && known.mark === mark) return [item.key, known];
      const node = item.draw();
      if (list.items && !isQuiet) node.classList.add("news");
      if (known) open(node, known.node);
      news.push({ node, old: known && known.node });
      return [item.key, { mark, node }];
    }),
  );
  const focused = document.activeElement;
  place(list, after.size ? [...after.values()].map((item) => item.node) : [emptied(list, nothing)]);
  news.filter(({ old }) => old && old.contains(focused)).forEach(({ node }) => focusLike(node, focused));
  list.items = after;
  return news.map(({ node }) => node);
}

// What was open stays open, and what was closed closed.
function open(node, old) {
  const name = (one) => one.dataset.name || one.querySelector("summary")?.textContent;
  const known = new Map([...old.querySelectorAll("details")].map((one) => [name(one), one.open]));
  for (const one of node.querySelectorAll("details")) if (known.has(name(one))) one.open = known.get(name(one));
}

// What stands where there is nothing; once, for it may have the focus.
function emptied(list, nothing) {
  if (!list.nothing?.isConnected) list.nothing = nothing ? nothing() : el("span");
  return list.nothing;
}

// Moves nothing that stands in its place already: what is moved loses its focus.
function place(list, nodes) {
  const wanted = new Set(nodes);
  [...list.childNodes].filter((node) => !wanted.has(node)).forEach((node) => node.remove());
  nodes.forEach((node, index) => {
    if (list.childNodes[index] !== node) list.insertBefore(node, list.childNodes[index] || null);
  });
}

function focusLike(node, focused) {
  const kinds = "button, a, summary, select, input, textarea";
  const all = [node, ...node.querySelectorAll(kinds)].filter((one) => one.matches(kinds));
  const named = (one) => one.getAttribute("aria-label") || one.textContent;
  const same = all.find((one) => one.tagName === focused.tagName && named(one) === named(focused));
  if (!same) return;
  if ("value" in focused && focused.tagName !== "BUTTON") same.value = focused.value;
  same.focus({ preventScroll: true });
}

const FEW = 80,
  AROUND = 600,
  GUESS = 64;

// The same for many items: only those are on the page that are seen, and some around them.
export function fillWindow(list, items, nothing) {
  list.shows = () => fillWindow(list, items, nothing);
  if (!list.heard) {
    list.heard = true;
    list.addEventListener("scroll", () => list.many && requestAnimationFrame(() => list.shows()));
  }
  list.many = items.length > FEW;
  if (!list.many) return fill(list, items, nothing);
  const heights = (list.heights ||= new Map());
  for (const [key, { node }] of list.items || []) if (node.offsetHeight) heights.set(key, node.offsetHeight);
  const high = (item) => heights.get(item.key) || GUESS;
  const whole = items.reduce((sum, item) => sum + high(item), 0);
  const atEnd = !list.wasMany || list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const top = (atEnd ? Math.max(0, whole - list.clientHeight) : list.scrollTop) - AROUND;
  const bottom = top + list.clientHeight + 2 * AROUND;
  let at = 0,
    above = 0;
  const shown = [];
  for (const item of items) {
    const height = high(item);
    if (at + height < top) above += height;
    else if (at <= bottom) shown.push(item);
    at += height;
  }
  const below = whole - above - shown.reduce((sum, item) => sum + high(item), 0);
  const space = (key, height) => ({
    key,
    content: height,
    draw: () => {
      const node = el("div", { className: "space", "aria-hidden": "true" });
      node.style.height = height + "px";
      return node;
    },
  });
  list.wasMany = true;
  const news = fill(list, [space("above", above), ...shown, space("below", below)], nothing, true);
  if (atEnd) list.scrollTop = list.scrollHeight;
  return news.filter((node) => !node.classList.contains("space"));
}

// Fills a menu anew and keeps what was chosen.
export function options(select, values, chosen) {
  const mark = JSON.stringify(values);
  if (select.mark !== mark) {
    const before = select.value || chosen;
    select.mark = mark;
    select.replaceChildren(...values.map(([value, label]) => el("option", { value }, label)));
    if (values.some(([value]) => value === before)) select.value = before;
  }
}
