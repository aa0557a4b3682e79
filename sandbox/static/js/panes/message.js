/** One message: who, when, what, and what can be done with it. */

import { appAvatar, personAvatar } from "../avatar.js";
import { plainMessage, renderBlock } from "../blockkit/blocks.js";
import { control } from "../control.js";
import { h, icon, iconButton } from "../dom.js";
import { openMenu } from "../menu.js";
import { emoji } from "../text/emoji.js";
import { clockTime, dayWords, fullMoment } from "../text/dates.js";
import { toast } from "../toast.js";
import { attachments } from "./attachments.js";

/** `page` is {store, surfaces, reader, channel}; `follows` leaves the head out, as the author is the same. */
export function messageNode(message, { follows, inThread }, page) {
  const { reader } = page;
  const author = authorOf(message, page.store);
  const at = new Date(message.at);
  const when = h(
    "time",
    { class: "message-time", datetime: message.at, title: fullMoment(at, reader.tz) },
    clockTime(at, reader.tz),
  );
  return h(
    "article",
    {
      class: ["message", follows && "message-follows", message.ephemeral && "message-private"]
        .filter(Boolean)
        .join(" "),
      "data-ts": message.ts,
      "data-channel": page.channel.id,
      "data-user": message.user ?? null,
      "data-edited": message.edited?.ts ?? null,
      tabindex: -1,
      "data-testid": "message",
      "aria-label": `${author.name}, ${clockTime(at, reader.tz)}`,
    },
    message.ephemeral &&
      h("p", { class: "private-note", "data-testid": "private-note" }, icon("eye"), "Only visible to you"),
    h("div", { class: "message-side" }, follows ? when : author.avatar()),
    h(
      "div",
      { class: "message-main" },
      !follows &&
        h(
          "div",
          { class: "message-head" },
          h("strong", { class: "message-author" }, author.name),
          author.app && h("span", { class: "app-badge" }, "APP"),
          when,
          edited(message),
        ),
      message.broadcast && !inThread && threadLine(message, page.store),
      h("div", { class: "message-body" }, bodyOf(message, page), follows && edited(message)),
      reactions(message, page.store),
      !inThread && message.reply_count > 0 && repliesLine(message, page),
    ),
    toolbar(message, { inThread }, page),
  );
}

function authorOf(message, store) {
  const { bot } = store.snapshot;
  const person = store.person(message.user);
  if (person && !message.bot_id)
    return { name: person.real_name, app: false, avatar: () => personAvatar(person) };
  const own = message.user === bot.user_id || message.username === bot.name;
  return { name: message.username ?? bot.name, app: true, avatar: () => appAvatar(own) };
}

function bodyOf(message, page) {
  const surface = page.surfaces.message(message, page.channel, page.reader);
  const body = message.blocks?.length
    ? message.blocks.map((block) => renderBlock(block, surface))
    : plainMessage(message.text, page.reader);
  return [body, attachments(message, surface)];
}

function edited(message) {
  return message.edited && h("span", { class: "edited", "data-testid": "edited" }, "(edited)");
}

function reactions(message, store) {
  const names = (users) =>
    users.map((id) => store.person(id)?.real_name ?? store.snapshot.bot.name).join(", ");
  return (
    message.reactions?.length > 0 &&
    h(
      "ul",
      { class: "reactions", "aria-label": "Reactions" },
      message.reactions.map(({ name, count, users = [] }) =>
        h(
          "li",
          { title: `${names(users)} :${name}:`, "data-reaction": name },
          h("span", { class: "emoji", role: "img", "aria-label": name }, emoji(name) ?? `:${name}:`),
          ` ${count}`,
        ),
      ),
    )
  );
}

/** A reply that was also sent to the channel says where it belongs. */
function threadLine(message, store) {
  const onclick = () => store.go({ thread: message.thread_ts });
  return h("button", { type: "button", class: "thread-line", onclick }, "Replied to a thread");
}

function repliesLine(message, { store, reader, lastReplies }) {
  const faces = message.reply_users.map((user) => authorOf({ user }, store));
  const count = message.reply_count;
  const last = lastReplies.get(message.ts);
  return h(
    "button",
    {
      type: "button",
      class: "replies",
      "data-testid": "open-thread",
      onclick: () => store.go({ thread: message.ts }),
    },
    h(
      "span",
      { class: "replies-faces" },
      faces.slice(0, 4).map((face) => face.avatar()),
    ),
    h("span", { class: "replies-count" }, count === 1 ? "1 reply" : `${count} replies`),
    last &&
      h(
        "span",
        { class: "replies-last" },
        `Last reply ${dayWords(last, reader.tz, reader.now)} at ${clockTime(last, reader.tz)}`,
      ),
  );
}

function toolbar(message, { inThread }, page) {
  if (message.ephemeral) return null;
  const reply = () => page.store.go({ thread: message.thread_ts ?? message.ts });
  const more = iconButton("more-vertical", "Message actions", {
    "aria-haspopup": "menu",
    "data-testid": "message-menu",
    onclick: () => openMenu(more, [...(inThread ? [] : [replyItem(reply)]), ...shortcutItems(message, page)]),
  });
  const start = iconButton("reply", "Reply in thread", { "data-testid": "reply-in-thread", onclick: reply });
  const buttons = inThread ? [more] : [start, more];
  return h("div", { class: "message-tools", role: "group", "aria-label": "Message actions" }, buttons);
}

/** Also in the menu, since a finger has no hover and the button beside it would be in the way. */
const replyItem = (choose) => ({ label: "Reply in thread", icon: icon("reply"), choose });

function shortcutItems(message, { store, channel }) {
  const { shortcuts, bot } = store.snapshot;
  const known = shortcuts.filter((shortcut) => shortcut.type === "message");
  const items = known.map(({ callback_id: callbackId, name }) => ({
    label: name,
    note: bot.name,
    icon: icon("bolt"),
    callbackId,
    choose: () =>
      runShortcut({ as: store.as, callback_id: callbackId, channel: channel.id, ts: message.ts }, store),
  }));
  const heading = items.length ? "Shortcuts" : "This app has no shortcuts for messages";
  return [{ heading }, ...items];
}

/** Runs a shortcut; the app's silence is said, as Slack does. */
export async function runShortcut(shortcut, store) {
  try {
    const { acked } = await control.shortcut(shortcut);
    if (acked === false) toast("Liaison did not respond to the shortcut. Try again in a moment.");
  } catch (error) {
    toast(error.message);
  }
  store.refresh();
}
