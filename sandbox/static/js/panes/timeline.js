/** A run of messages with its day dividers, as keyed items for `patch`. */

import { h } from "../dom.js";
import { dayLabel, dayOf } from "../text/dates.js";
import { messageNode } from "./message.js";

const FOLLOWS_MS = 5 * 60_000;

export const isReply = (message) => Boolean(message.thread_ts && message.thread_ts !== message.ts);
/** What stands in the channel itself: no replies, but those also sent to the channel. */
export const inChannel = (message) => !isReply(message) || Boolean(message.broadcast);

/** `newFrom` is the ts above which the line "New" stands, or null. */
export function timeline(messages, { inThread = false, newFrom = null }, page) {
  const items = [];
  let previous = null;
  for (const message of messages) {
    const day = dayOf(new Date(message.at), page.reader.tz);
    const newDay = !previous || day !== dayOf(new Date(previous.at), page.reader.tz);
    if (newDay && !inThread) items.push(dayDivider(message, page.reader));
    if (message.ts === newFrom) items.push(newLine(message));
    const follows = !newDay && message.ts !== newFrom && goesOn(previous, message);
    items.push(messageItem(message, { follows, inThread }, page));
    previous = message;
  }
  return items;
}

function messageItem(message, look, page) {
  const shortcuts = page.store.snapshot.shortcuts.length;
  return {
    key: message.ts,
    signature: `${JSON.stringify(message)} ${look.follows} ${shortcuts} ${page.reader.signature}`,
    make(previous) {
      const node = messageNode(message, look, page);
      if (previous && previous.dataset.edited !== node.dataset.edited) node.classList.add("message-changed");
      return node;
    },
  };
}

/** Plain messages of one author within five minutes share a head; a card always has its own. */
function goesOn(previous, message) {
  const cards = previous.blocks?.length || message.blocks?.length;
  const same =
    previous.user === message.user &&
    previous.bot_id === message.bot_id &&
    !previous.ephemeral &&
    !message.ephemeral;
  return same && !cards && Math.abs(Date.parse(message.at) - Date.parse(previous.at)) < FOLLOWS_MS;
}

function dayDivider(message, { tz, now, signature }) {
  return {
    key: `day ${message.ts}`,
    signature,
    make: () =>
      h("div", { class: "day", role: "separator" }, h("span", {}, dayLabel(new Date(message.at), tz, now))),
  };
}

function newLine(message) {
  return {
    key: `new ${message.ts}`,
    signature: "new",
    make: () => h("div", { class: "new-line", role: "separator" }, h("span", {}, "New")),
  };
}
