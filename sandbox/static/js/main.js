/** Puts the page together: one store, one event stream, and the panes that listen to the store. */

import { Surfaces } from "./blockkit/surface.js";
import { Live } from "./live.js";
import { escapes } from "./menu.js";
import { Conversation } from "./panes/conversation.js";
import { Inspector } from "./panes/inspector.js";
import { Modal } from "./panes/modal.js";
import { mountNews } from "./panes/news.js";
import { mountShortcuts } from "./panes/shortcuts.js";
import { mountSidebar } from "./panes/sidebar.js";
import { Thread } from "./panes/thread.js";
import { mountTopbar } from "./panes/topbar.js";
import { readRoute } from "./route.js";
import { Store } from "./store.js";

const part = (id) => document.getElementById(id);

function drawer() {
  const show = (open) => {
    const was = part("frame").classList.contains("drawer-open");
    part("frame").classList.toggle("drawer-open", open);
    part("scrim").hidden = !open;
    part("stage").inert = open;
    if (open) part("sidebar").querySelector("button").focus();
    else if (was) part("topbar").querySelector(".drawer-button").focus({ preventScroll: true });
  };
  part("scrim").addEventListener("click", () => show(false));
  document.addEventListener("keydown", (event) => escapes(event) && show(false));
  return { open: () => show(true), close: () => show(false) };
}

function start() {
  const store = new Store();
  const live = new Live(store);
  const surfaces = new Surfaces(store);
  const { open, close } = drawer();

  const inspector = new Inspector(part("inspector"), store);

  mountTopbar(part("topbar"), store, open);
  const showShortcuts = mountShortcuts(store, inspector);
  mountSidebar(part("sidebar"), store, { inspector, showShortcuts }, close);
  new Conversation(part("conversation"), store, surfaces);
  new Thread(part("thread"), store, surfaces);
  new Modal(store, surfaces);
  mountNews(part("news"), store);
  store.subscribe(() => live.follow(store.as));
  window.addEventListener("hashchange", () => store.go(readRoute()));
  live.follow(store.as);
  store.refresh();
}

start();
