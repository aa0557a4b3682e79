/** Says new messages to those who listen rather than look. */

import { h } from "../dom.js";
import { inChannel } from "./timeline.js";

const KEPT = 3;

export function mountNews(log, store) {
  let heard = { where: null, ts: null };
  store.subscribe(() => {
    const { channel } = store;
    if (!channel) return;
    const last = store
      .messages(channel.id)
      .filter(inChannel)
      .at(-1);
    const where = `${store.as} ${channel.id}`;
    const news = last && heard.where === where && last.ts > (heard.ts ?? "") && last.user !== store.as;
    if (news) log.append(h("p", {}, `${last.username ?? store.person(last.user)?.real_name}: ${last.text}`));
    while (log.children.length > KEPT) log.firstElementChild.remove();
    heard = { where, ts: last?.ts ?? null };
  });
}
