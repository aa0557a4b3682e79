/** What text needs to know about who reads it. */

import { dayOf } from "./text/dates.js";

export function readerOf(store) {
  const { people, bot, channels } = store.snapshot;
  const now = store.now();
  const { tz } = store.me;
  return {
    me: store.as,
    tz,
    now,
    people,
    conversations: channels,
    names: new Map([[bot.user_id, bot.name], ...people.map((person) => [person.id, person.real_name])]),
    channels: new Map(channels.map((channel) => [channel.id, channel.name])),
    /** Changes when a drawn message would read differently: another reader, another day. */
    signature: `${store.as} ${dayOf(now, tz)}`,
  };
}
