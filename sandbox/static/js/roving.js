/** Lists one walks with the arrow keys: one stop of the Tab key, Up, Down, Home and End within. */

/** `selector` finds the items in `list`, now and whenever a key is pressed. */
export function roving(list, selector) {
  const items = () => [...list.querySelectorAll(selector)].filter((item) => item.checkVisibility());
  list.addEventListener("keydown", (event) => {
    const rows = items();
    const to = target(event.key, rows.indexOf(document.activeElement), rows.length);
    if (to === null || event.altKey || event.target.matches("input, textarea, select")) return;
    event.preventDefault();
    rows[to].focus();
  });
  list.addEventListener("focusin", (event) => keepOneStop(items(), event.target.closest(selector)));
  new MutationObserver(() => keepOneStop(items(), stopOf(items()))).observe(list, { childList: true, subtree: true });
  return list;
}

function target(key, at, count) {
  const goals = { ArrowDown: (at + 1) % count, ArrowUp: (at - 1 + count) % count, Home: 0, End: count - 1 };
  return count && at >= 0 ? (goals[key] ?? null) : null;
}

/** Where Tab enters: what has the focus, else what is marked as current, else the first. */
function stopOf(rows) {
  const marked = (row) => row.matches("[aria-current], [aria-selected=true]");
  return rows.find((row) => row === document.activeElement) ?? rows.find(marked) ?? rows[0];
}

function keepOneStop(rows, stop) {
  for (const row of rows) row.tabIndex = row === stop ? 0 : -1;
}
