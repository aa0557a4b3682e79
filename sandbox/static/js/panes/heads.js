/** What stands above the messages: the head of the pane, and the beginning of a conversation. */

import { appAvatar } from "../avatar.js";
import { h, icon } from "../dom.js";
import { HOME, placeOf } from "../store.js";

const TOPICS = {
  leads: "Every hand-off from marketing to sales, one card each",
  standup: "Sales and marketing, once a week, over the facts",
};

export function headItem(store) {
  const { bot, people } = store.snapshot;
  const { channel, route } = store;
  const app = !channel || channel.kind === "im";
  return {
    key: "head",
    signature: `${route.place} ${channel?.id} ${bot.connected}`,
    make: () =>
      h(
        "div",
        { class: "pane-title" },
        app ? appAvatar(true, "small") : icon("hash"),
        h("h2", {}, app ? bot.name : channel.name),
        app ? tabs(store) : h("p", { class: "topic" }, TOPICS[channel.name]),
        !app &&
          h(
            "span",
            { class: "members", title: "Everybody here, and the app" },
            `${people.length + 1} members`,
          ),
      ),
  };
}

function tabs(store) {
  const im = store.snapshot.channels.find((channel) => channel.kind === "im");
  const tab = (place, label) =>
    h(
      "button",
      {
        type: "button",
        class: "tab",
        "aria-current": store.route.place === place ? "page" : null,
        "data-testid": `tab-${label.toLowerCase()}`,
        onclick: () => store.go({ place }),
      },
      label,
    );
  return h(
    "div",
    { class: "tabs", role: "group", "aria-label": "Liaison" },
    tab(HOME, "Home"),
    im && tab(placeOf(im), "Messages"),
  );
}

const EMPTY = {
  leads: "No lead has come in yet. Hand one over and its card appears here by itself.",
  standup: "Nothing yet. Type / below to see what Liaison can do here.",
};

export function beginning(channel, store, empty) {
  const { bot } = store.snapshot;
  const im = channel.kind === "im";
  const sentence = im
    ? `${bot.name} writes to ${store.me.real_name.split(" ")[0]} here when a lead needs an answer, and only ${store.me.real_name.split(" ")[0]} can see it.`
    : (EMPTY[channel.name] ?? "Nothing has been posted here yet. Write the first message below.");
  return {
    key: "beginning",
    signature: `${empty} ${channel.id} ${store.as}`,
    make: () =>
      h(
        "div",
        { class: "beginning", "data-testid": empty ? "empty" : null },
        im ? appAvatar(true, "large") : h("span", { class: "beginning-mark" }, icon("hash")),
        h("h3", {}, im ? bot.name : `#${channel.name}`),
        h("p", {}, empty || im ? sentence : `This is the very beginning of #${channel.name}.`),
      ),
  };
}
