// How do elements come onto the page, and stay there while nothing about them changes?

// All text comes in as text: nothing from outside is ever read as markup.
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (name === "on") node.addEventListener("click", value);
    else if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else if (value !== undefined) node[name] = value;
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
  return node;
}

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
      if (known?.node.querySelector("details[open]")) node.querySelector("details").open = true;
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

// What stands where there is nothing; once, for it may have the focus.
function emptied(list, nothing) {
  if (!list.nothing?.isConnected) list.nothing = nothing();
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
  const all = [...node.querySelectorAll("button, a, summary, select, input")];
  const same = all.find((one) => one.tagName === focused.tagName && one.textContent === focused.textContent);
  if (same) same.focus({ preventScroll: true });
}

// Fills a menu anew and keeps what was chosen.
export function options(select, values) {
  if (select.mark === JSON.stringify(values)) return;
  select.mark = JSON.stringify(values);
  const before = select.value;
  select.replaceChildren(...values.map(([value, label]) => el("option", { value }, label)));
  if (values.some(([value]) => value === before)) select.value = before;
}
