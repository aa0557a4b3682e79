/** Keeps the store as fresh as the sandbox: one event stream for the person who is looking. */

import { control } from "./control.js";

export class Live {
  #stream = null;
  #as = null;

  constructor(store) {
    this.store = store;
  }

  follow(as) {
    if (as === this.#as) return;
    this.#as = as;
    this.#stream?.close();
    this.#stream = control.events(as);
    this.#stream.onmessage = () => this.store.refresh();
    this.#stream.onopen = () => this.#online(true);
    this.#stream.onerror = () => this.#online(false);
  }

  #online(online) {
    if (online) this.store.refresh();
    if (online === this.store.online) return;
    this.store.online = online;
    this.store.changed();
  }
}
