/** "Act as": one click makes you another of the sixteen people. */

import { personAvatar } from "../avatar.js";
import { h, icon } from "../dom.js";
import { openPanel } from "../menu.js";
import { roving } from "../roving.js";
import { cityOf, clockTime, shortDay } from "../text/dates.js";

const TEAMS = [
  ["sales", "Sales"],
  ["marketing", "Marketing"],
];

export function switcher(store, closeDrawer) {
  const { me } = store;
  const node = h(
    "button",
    {
      type: "button",
      class: "switcher",
      "data-testid": "person-switcher",
      "data-user": me.id,
      "aria-haspopup": "listbox",
      "aria-label": `You act as ${me.real_name}, ${me.title}. Act as somebody else`,
      onclick: () => open(node, store, closeDrawer),
    },
    personAvatar(me),
    h(
      "span",
      { class: "switcher-words" },
      h("span", { class: "switcher-label" }, "You act as"),
      h("strong", {}, me.real_name),
      h("small", {}, me.title),
    ),
    icon("chevron-down"),
  );
  return node;
}

function open(anchor, store, closeDrawer) {
  const { people } = store.snapshot;
  const now = store.now();
  const list = h(
    "div",
    { class: "people", role: "listbox", "aria-label": "Act as" },
    TEAMS.map(([team, label]) =>
      h(
        "div",
        { role: "group", "aria-label": label },
        h("p", { class: "panel-label", "aria-hidden": "true" }, label),
        people.filter((person) => person.team === team).map((person) => row(person)),
      ),
    ),
  );
  const panel = openPanel(anchor, list, { look: "panel-people" });
  roving(list, "[role=option]");
  list.querySelector("[aria-selected=true]")?.focus();

  function row(person) {
    return h(
      "button",
      {
        type: "button",
        class: "person",
        role: "option",
        "aria-selected": String(person.id === store.as),
        "data-user": person.id,
        "data-testid": "person-option",
        onclick: () => {
          panel.hidePopover();
          store.go({ person: person.name.split(" ")[0].toLowerCase() });
          closeDrawer();
        },
      },
      personAvatar(person, "small"),
      h("span", { class: "person-words" }, h("strong", {}, person.real_name), h("small", {}, person.title)),
      h(
        "span",
        { class: "person-time" },
        clockTime(now, person.tz),
        h("small", {}, localDay(now, person.tz, store.me.tz)),
      ),
    );
  }
}

/** The city, and the day too where it is another one than the reader's. */
function localDay(now, tz, mine) {
  const day = shortDay(now, tz);
  return day === shortDay(now, mine) ? cityOf(tz) : `${day.slice(0, 3)}, ${cityOf(tz)}`;
}
