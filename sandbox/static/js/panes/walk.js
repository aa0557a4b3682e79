/** Up and Down through the messages of a list; a button within one keeps its own keys. */

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

export function walkable(list) {
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || !event.target.matches(".message")) return;
    event.preventDefault();
    const messages = [...list.querySelectorAll(".message")];
    messages[messages.indexOf(event.target) + step]?.focus();
  });
  return list;
}

/** Up in the scrolled region itself goes to the newest message. */
export function enterFromEnd(event, list) {
  if (event.target !== event.currentTarget || event.key !== "ArrowUp" || event.altKey) return;
  const newest = [...list.querySelectorAll(".message")].at(-1);
  if (!newest) return;
  event.preventDefault();
  newest.focus();
}
