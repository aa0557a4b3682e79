/** The keys that work everywhere, and the sheet that tells them. */

import { trap } from "../focus.js";
import { h, iconButton } from "../dom.js";
import { placeOf, HOME } from "../store.js";

const SHEET = [
  [["?"], ["Ctrl", "/"], "This sheet"],
  [["Alt", "↑"], ["Alt", "↓"], "The channel above, the channel below"],
  [["F6"], ["Shift", "F6"], "The next part of the page, the one before"],
  [["↑"], ["↓"], "In a list, a menu or the messages: one up, one down"],
  [["T"], null, "On a message: open its thread"],
  [["Alt", "T"], null, "The traffic inspector"],
  [["Enter"], ["Shift", "Enter"], "Send the message, start a new line"],
  [["Esc"], null, "Close what is open: menu, form, thread, inspector"],
];
const PARTS = ["topbar", "sidebar", "conversation", "thread", "inspector"];
const FIRST_STOP = "[tabindex='0'], button:not([tabindex='-1']), input, textarea";

/** Listens to the whole page; gives the function that opens the sheet. */
export function mountShortcuts(store, inspector) {
  const dialog = sheet();
  const open = () => dialog.open || dialog.showModal();
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const act = ACTS.find(([matches]) => matches(event))?.[1];
    if (!act) return;
    event.preventDefault();
    act(event, { store, inspector, open });
  });
  return open;
}

const isTyping = ({ target }) => target.matches("input, textarea, select");
const ACTS = [
  [(event) => event.key === "?" && !isTyping(event), (_, { open }) => open()],
  [(event) => event.key === "/" && (event.ctrlKey || event.metaKey), (_, { open }) => open()],
  [(event) => event.key === "F6", (event) => toPart(event.shiftKey ? -1 : 1)],
  [(event) => event.altKey && event.code === "KeyT", (_, { inspector }) => inspector.toggle()],
  [(event) => event.altKey && event.key === "ArrowUp", (_, { store }) => toPlace(store, -1)],
  [(event) => event.altKey && event.key === "ArrowDown", (_, { store }) => toPlace(store, 1)],
  [(event) => event.key === "t" && event.target.matches(".message"), openThread],
];

/** In the order of the sidebar, round and round. */
function toPlace(store, step) {
  const channels = store.snapshot.channels.toSorted((a, b) => (a.kind === "im") - (b.kind === "im"));
  const places = [...channels.map(placeOf), HOME];
  const here = store.channel ? placeOf(store.channel) : HOME;
  store.go({ place: places[(places.indexOf(here) + step + places.length) % places.length] });
}

function toPart(step) {
  const parts = PARTS.map((id) => document.getElementById(id)).filter((part) => part.checkVisibility());
  const here = parts.findIndex((part) => part.contains(document.activeElement));
  const part = parts[here < 0 ? 0 : (here + step + parts.length) % parts.length];
  const stops = [...part.querySelectorAll(FIRST_STOP)].filter((node) => node.checkVisibility());
  (part.querySelector(".composer-field:not(:disabled)") ?? stops[0] ?? part).focus();
}

function openThread({ target }, { store }) {
  const { ts } = target.dataset;
  const message = store.messages(store.channel.id).find((each) => each.ts === ts);
  if (message && !message.ephemeral) store.go({ thread: message.thread_ts ?? ts });
}

function sheet() {
  const dialog = h(
    "dialog",
    { class: "modal shortcuts", "aria-labelledby": "shortcuts-title", "data-testid": "shortcuts" },
    h(
      "div",
      { class: "modal-card" },
      h(
        "div",
        { class: "modal-head modal-title" },
        h("h2", { id: "shortcuts-title" }, "Keyboard shortcuts"),
        iconButton("close", "Close", { class: "at-end", onclick: () => dialog.close() }),
      ),
      h("dl", { class: "modal-body" }, SHEET.map(line)),
    ),
  );
  document.body.append(trap(dialog));
  return dialog;
}

function line([one, other, meaning]) {
  const keys = (names) => h("span", { class: "keys" }, names.map((name) => h("kbd", {}, name)));
  return h("div", {}, h("dt", {}, keys(one), other && [" or ", keys(other)]), h("dd", {}, meaning));
}
