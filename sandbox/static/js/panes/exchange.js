/** One exchange in the inspector: its row in the list, and all that was said. */

import { h, iconButton } from "../dom.js";
import { pretty, prettyNodes } from "../text/json.js";
import { toast } from "../toast.js";

export const KINDS = {
  web_api: "Call",
  response_url: "Reply",
  events_api: "Event",
  interactive: "Action",
  slash_commands: "Command",
};

export const nameOf = (exchange) => exchange.method ?? exchange.type;

/** Whether the status means that all went well; null while it is still open. */
export function wentWell({ status, error }) {
  if (status === null) return null;
  return !error && (status === 200 || status === "acked");
}

export function outcomeOf({ status, error, ms }) {
  if (status === null) return "…";
  const words = error ?? { 200: "ok" }[status] ?? String(status);
  return ms === null ? words : `${words} · ${ms} ms`;
}

/** `choose` is called when one clicks it or comes to it with the arrow keys. */
export function rowNode(exchange, choose, store) {
  const well = wentWell(exchange);
  return h(
    "button",
    {
      type: "button",
      class: "exchange",
      role: "option",
      tabindex: -1,
      "data-testid": "exchange",
      "data-kind": exchange.kind,
      "data-well": well === null ? "open" : String(well),
      onclick: choose,
      onfocus: choose,
    },
    h("span", { class: "exchange-time" }, wallTime(exchange)),
    h("span", { class: "exchange-kind" }, KINDS[exchange.kind]),
    h("span", { class: "exchange-name" }, h("strong", {}, nameOf(exchange)), " ", gist(exchange, store)),
    h("span", { class: "exchange-outcome" }, outcomeOf(exchange)),
  );
}

export function detailNode(exchange) {
  const facts = {
    Direction: exchange.direction === "in" ? "Liaison → Slack" : "Slack → Liaison",
    At: exchange.at.replace("T", " ").slice(0, 23),
    Outcome: outcomeOf(exchange),
    Envelope: exchange.envelope_id,
    Retry: exchange.retry_attempt || null,
  };
  return h(
    "div",
    { class: "exchange-detail", "data-testid": "exchange-detail" },
    h(
      "dl",
      {},
      Object.entries(facts)
        .filter(([, value]) => value !== null)
        .map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, String(value)))),
    ),
    jsonPart(exchange.direction === "in" ? "Arguments" : "Payload", exchange.body),
    exchange.answer && jsonPart(exchange.direction === "in" ? "Answer" : "Acknowledged with", exchange.answer),
  );
}

function jsonPart(title, value) {
  const text = pretty(value);
  const copy = iconButton("copy", `Copy: ${title}`, { onclick: () => copied(text) });
  return h(
    "section",
    { class: "json-part", "aria-label": title },
    h("div", { class: "json-head" }, h("h3", {}, title), copy),
    h("pre", { class: "json", tabindex: 0, "aria-label": title }, prettyNodes(text)),
  );
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.", "note");
  } catch {
    toast("The browser does not allow copying here. Select the text instead.");
  }
}

const wallTime = ({ at }) => new Date(at).toLocaleTimeString("en-GB");

/** Who, where and what, in a few words. */
function gist({ body }, store) {
  const event = body.event ?? body;
  const who = store.person(event.user?.id ?? event.user_id ?? event.user)?.real_name;
  const channelId = event.channel?.id ?? event.channel_id ?? event.channel;
  const where = store.snapshot.channels.find((channel) => channel.id === channelId)?.name;
  const what =
    body.command !== undefined
      ? `${body.command} ${body.text}`
      : (body.actions?.[0]?.action_id ?? body.view?.callback_id ?? body.callback_id ?? event.text);
  return [who, where, typeof what === "string" ? what.slice(0, 80) : null].filter(Boolean).join(" · ");
}
