/**
 * Where the reader is, kept in the address: `#/ben/leads/1763740000.000100` is Ben in #leads with a
 * thread open; `liaison` is his DM with the bot and `home` the App Home. The last one is remembered.
 */

const REMEMBERED = "sandbox.route";
/** A first visit: a sales rep, looking at the hand-offs. */
export const START = { person: "ben", place: "leads", thread: null };

export function readRoute() {
  return parse(location.hash) ?? parse(localStorage.getItem(REMEMBERED) ?? "") ?? START;
}

export function writeRoute({ person, place, thread }) {
  const hash = `#/${[person, place, thread].filter(Boolean).map(encodeURIComponent).join("/")}`;
  localStorage.setItem(REMEMBERED, hash);
  if (location.hash === hash) return;
  // A place one came from is a place one can go back to, with the browser's or the phone's own Back.
  if (location.hash) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

/** `ben` and `U0BEN000000` are the same person; ids are names, upper case, padded to eleven. */
export function userId(person) {
  return person.startsWith("U0") ? person : `U0${person.toUpperCase()}`.padEnd(11, "0");
}

function parse(hash) {
  const [person, place, thread] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return person ? { person, place: place || START.place, thread: thread || null } : null;
}
