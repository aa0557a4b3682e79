/**
 * Slack's mrkdwn as DOM nodes. Slack sends `& < >` escaped, so a literal `<…>` is always Slack's own
 * token. Every piece of text is unescaped last, into a text node, and so can never become markup.
 */

import { h } from "../dom.js";
import { slackDate } from "./dates.js";
import { emoji } from "./emoji.js";

const FENCE = /```\n?([\s\S]*?)\n?```/;
const QUOTED = /^(?:&gt;|>) ?/;
const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<token>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-\\d)?):",
    "(?<![\\w*])\\*(?<bold>(?=\\S)[^*\\n]*?\\S)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>(?=\\S)[^_\\n]*?\\S)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>(?=\\S)[^~\\n]*?\\S)~(?![\\w~])",
    "(?<url>https?:\\/\\/(?:(?!&[lg]t;)[^\\s<>|])+(?<![.,;:!?)\"']))",
  ].join("|"),
);

const STYLES = { bold: "strong", italic: "em", strike: "s" };

export const unescaped = (text) =>
  text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);

/** `reader` gives what a token means to who reads: people, channels, tz, now, me. */
export function mrkdwn(text, reader) {
  const fragment = document.createDocumentFragment();
  text.split(FENCE).forEach((piece, index) => {
    if (index % 2) fragment.append(h("pre", { class: "code-block" }, h("code", {}, unescaped(piece))));
    else fragment.append(...paragraphs(index ? piece.replace(/^\n/, "") : piece, reader));
  });
  return fragment;
}

/** plain_text knows emoji and line breaks, nothing else. */
export function plainText({ text, emoji: withEmoji = true }) {
  const fragment = document.createDocumentFragment();
  text.split(/:([a-z0-9_+'-]+):/).forEach((piece, index) => {
    const character = index % 2 && withEmoji ? emoji(piece) : null;
    if (character) fragment.append(emojiNode(piece, character));
    else fragment.append(unescaped(index % 2 ? `:${piece}:` : piece));
  });
  return fragment;
}

/** A text object of either kind; a `verbatim` one gets no links but those it marks as such. */
export function textObject(object, reader) {
  if (object.type !== "mrkdwn") return plainText(object);
  return mrkdwn(object.text, { ...reader, verbatim: object.verbatim });
}

function paragraphs(text, reader) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index, lines) => {
    const quoted = QUOTED.test(line);
    if (quoted && !quote) nodes.push((quote = h("blockquote")));
    else if (quoted) quote.append(h("br"));
    else if (index && !quote) nodes.push(h("br"));
    if (!quoted) quote = null;
    const content = inline(quoted ? line.replace(QUOTED, "") : line, reader);
    if (quoted) quote.append(...content);
    else if (line || index < lines.length - 1) nodes.push(...content);
  });
  return nodes;
}

function inline(text, reader) {
  const nodes = [];
  let rest = text;
  let before = "";
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    before += rest.slice(0, match.index);
    const node = marked(match, reader);
    if (node === null) before += match[0];
    else {
      nodes.push(unescaped(before), node);
      before = "";
    }
    rest = rest.slice(match.index + match[0].length);
  }
  return [...nodes, unescaped(before + rest)].filter((node) => node !== "");
}

function marked({ groups }, reader) {
  if (groups.code) return h("code", {}, unescaped(groups.code));
  if (groups.token) return token(groups.token, reader);
  if (groups.url) return reader.verbatim ? null : link(unescaped(groups.url));
  if (groups.emoji) {
    const character = emoji(groups.emoji);
    return character && emojiNode(groups.emoji, character);
  }
  const style = Object.keys(STYLES).find((name) => groups[name]);
  return h(STYLES[style], {}, inline(groups[style], reader));
}

function token(body, reader) {
  const [target, ...labels] = body.split("|");
  const label = labels.join("|");
  if (target.startsWith("@")) return userMention(target.slice(1), reader);
  if (target.startsWith("#")) return channelMention(target.slice(1), reader, label);
  if (target.startsWith("!date^")) return dateNode(target, label, reader);
  if (target.startsWith("!")) return broadcast(target.slice(1), label);
  return link(unescaped(target), unescaped(label));
}

export function userMention(id, reader) {
  const name = reader.names.get(id);
  const mine = id === reader.me ? " mention-me" : "";
  return h("span", { class: `mention${mine}`, "data-user": id }, `@${name ?? "unknown person"}`);
}

export function channelMention(id, reader, label) {
  const channel = reader.channels.get(id);
  return h(
    "span",
    { class: "mention", "data-channel": id },
    `#${channel ?? (unescaped(label ?? "") || "private channel")}`,
  );
}

export function broadcast(target, label) {
  const [name] = target.split("^");
  return h("span", { class: "mention mention-me" }, label ? unescaped(label) : `@${name}`);
}

function dateNode(target, fallback, reader) {
  const [, unix, format, url] = target.split("^");
  const shown = moment(Number(unix), unescaped(format), unescaped(fallback), reader);
  return url ? link(unescaped(url), shown.textContent) : shown;
}

/** A date token in the reader's zone; its fallback when the time stamp is no number. */
export function moment(unix, format, fallback, reader) {
  if (!Number.isFinite(unix)) return h("span", {}, fallback);
  return h(
    "time",
    { datetime: new Date(unix * 1000).toISOString(), title: fallback || null },
    slackDate(unix, format, reader.tz, reader.now),
  );
}

export function emojiNode(name, character) {
  return h(
    "span",
    { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` },
    character,
  );
}

/** A link, only to an address that cannot run anything in this page. */
export function link(url, label = "") {
  const shown = label || url.replace(/^mailto:|^tel:/, "");
  if (!isSafe(url)) return h("span", {}, shown);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

export const isSafe = (url) => /^(https?|mailto|tel|slack):/i.test(url);
