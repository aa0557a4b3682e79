/** Faces: initials on a steady colour for people, a drawing for apps. */

import { h } from "./dom.js";

const HUES = 16;

export function personAvatar(person, size = "medium") {
  const initials = person.real_name
    .split(" ")
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  return h(
    "span",
    { class: `avatar avatar-${size} hue-${hueOf(person.id)}`, "aria-hidden": "true" },
    initials,
  );
}

export function appAvatar(own, size = "medium") {
  return h("img", {
    class: `avatar avatar-${size}`,
    src: `/static/svg/${own ? "liaison" : "app"}.svg`,
    alt: "",
  });
}

/** The same id always has the same colour; names that look alike fall far apart. */
function hueOf(id) {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum % HUES;
}
