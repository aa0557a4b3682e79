/** What goes over the wires, as it goes: asked for anew while somebody watches. */

import { control } from "./control.js";

const EVERY_MS = 600;
const AT_MOST = 500;
const KEPT = 2000;

export class Feed {
  #timer = null;
  #exchanges = new Map();
  #newest = 0;
  #clearedAt = 0;
  paused = false;

  /** `changed` is called after news came. */
  constructor(changed) {
    this.changed = changed;
  }

  /** Newest first. */
  get exchanges() {
    return [...this.#exchanges.values()].reverse();
  }

  start() {
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#ask(), EVERY_MS);
    this.#ask();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  clear() {
    this.#exchanges.clear();
    this.#clearedAt = this.#newest;
    this.changed();
  }

  async #ask() {
    if (this.paused || document.hidden) return;
    const { traffic } = await control.traffic(this.#after(), AT_MOST).catch(() => ({ traffic: [] }));
    if (!traffic.length || this.paused) return;
    for (const exchange of traffic) this.#exchanges.set(exchange.n, exchange);
    this.#newest = Math.max(this.#newest, traffic.at(-1).n);
    for (const n of [...this.#exchanges.keys()].slice(0, -KEPT)) this.#exchanges.delete(n);
    this.changed();
  }

  /** From the oldest one that has not ended yet, so that its end is seen too. */
  #after() {
    const open = [...this.#exchanges.values()].find((exchange) => exchange.status === null);
    return open ? open.n - 1 : Math.max(this.#newest, this.#clearedAt);
  }
}
