/** The App Home of the person who is looking. */

import { renderBlock } from "../blockkit/blocks.js";
import { appAvatar } from "../avatar.js";
import { h, patch } from "../dom.js";
import { readerOf } from "../reader.js";

export function homeBody(home, store, surfaces) {
  const view = store.snapshot.home;
  const reader = readerOf(store);
  patch(home, view ? blockItems(view, surfaces.home(view, reader)) : [empty(store)]);
}

/** Keyed blocks, so that a refreshed view leaves the inputs it did not change alone. */
export function blockItems(view, surface) {
  return view.blocks.map((block, index) => ({
    key: `${view.id ?? "home"} ${block.block_id ?? index}`,
    signature: `${JSON.stringify(block)} ${surface.reader.signature}`,
    make: () => renderBlock(block, surface),
  }));
}

function empty(store) {
  const { bot } = store.snapshot;
  const sentence = bot.connected
    ? `${bot.name} has not drawn a Home for ${store.me.real_name} yet; it appears here as soon as it does.`
    : `${bot.name} is not connected, so it cannot draw this page. Start it and look again.`;
  return {
    key: "empty",
    signature: sentence,
    make: () =>
      h(
        "div",
        { class: "beginning beginning-home", "data-testid": "empty" },
        appAvatar(true, "large"),
        h("h3", {}, "App Home"),
        h("p", {}, sentence),
      ),
  };
}
