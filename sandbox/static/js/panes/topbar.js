/** The bar above everything: the drawer's button, the business clock, and whether the bot is there. */

import { control } from "../control.js";
import { h, icon, iconButton } from "../dom.js";
import { openPanel } from "../menu.js";
import { cityOf, clockTime, shortDay } from "../text/dates.js";
import { toast } from "../toast.js";

const STEPS = [
  { advance: "15m", label: "+15 min", testid: "clock-15m" },
  { advance: "1h", label: "+1 h", testid: "clock-1h" },
  {
    advance: "next_working_day",
    label: "Next working day",
    short: "Next day",
    testid: "clock-next-working-day",
  },
];
const EXPLANATION = [
  "Liaison counts working time: due times, reminders and briefs all follow this clock.",
  "Move it and everything that falls due in between happens at once, as if you had waited.",
];

export function mountTopbar(bar, store, openDrawer) {
  const weekday = h("span", { class: "clock-day" });
  const date = h("span", { class: "clock-date" });
  const time = h("span", { class: "clock-time", "data-testid": "clock-now" });
  const city = h("span", { class: "clock-city" });
  const bot = h("div", { class: "bot-status", "data-testid": "bot-status", role: "status" });
  const why = iconButton("question", "What is the business clock?", {
    class: "on-frame",
    "data-testid": "clock-help",
    onclick: () => explain(why, store),
  });
  bar.append(
    iconButton("menu", "Open the sidebar", {
      class: "on-frame drawer-button",
      "data-testid": "drawer-button",
      onclick: openDrawer,
    }),
    h(
      "div",
      { class: "clock", role: "group", "aria-label": "Business clock" },
      h("span", { class: "clock-face" }, icon("clock"), weekday, date, time, city),
      STEPS.map((step) => stepButton(step, store)),
      why,
    ),
    bot,
  );

  function tick() {
    if (!store.ready) return;
    const now = store.now();
    const { tz } = store.me;
    [weekday.textContent, date.textContent] = shortDay(now, tz).split(/ (.*)/);
    time.textContent = clockTime(now, tz);
    city.textContent = cityOf(tz);
  }

  setInterval(tick, 1000);
  store.subscribe(() => {
    tick();
    showBot(bot, store);
  });
}

function stepButton({ advance, label, short, testid }, store) {
  const node = h(
    "button",
    {
      type: "button",
      class: "clock-step",
      "data-testid": testid,
      onclick: () => move(node, { advance }, store),
    },
    h("span", { class: short ? "label-long" : null }, label),
    short && h("span", { class: "label-short" }, short),
  );
  return node;
}

async function move(node, change, store) {
  node.setAttribute("aria-busy", "true");
  try {
    const { ticked } = await control.clock(change);
    if (ticked === false && store.snapshot.bot.connected)
      toast("The clock moved, but Liaison has not followed it yet.");
  } catch (error) {
    toast(error.message);
  }
  await store.refresh();
  node.removeAttribute("aria-busy");
}

function explain(anchor, store) {
  const { offset } = store.snapshot.clock;
  const reset = h(
    "button",
    {
      type: "button",
      class: "button",
      "data-testid": "clock-reset",
      onclick: () => {
        panel.hidePopover();
        move(anchor, { reset: true }, store);
      },
    },
    "Back to real time",
  );
  const panel = openPanel(
    anchor,
    h(
      "div",
      { class: "panel-prose" },
      h("p", { role: "heading", "aria-level": 2 }, "The business clock"),
      EXPLANATION.map((sentence) => h("p", {}, sentence)),
      h(
        "p",
        { class: "muted" },
        Math.abs(offset) < 60
          ? "It shows the real time now."
          : `It is ${span(Math.abs(offset))} ${offset > 0 ? "ahead of" : "behind"} real time.`,
      ),
      Math.abs(offset) < 60 ? null : reset,
    ),
  );
}

function span(seconds) {
  const minutes = Math.round(seconds / 60);
  const sizes = [
    ["d", Math.floor(minutes / 1440)],
    ["h", Math.floor(minutes / 60) % 24],
    ["min", minutes % 60],
  ];
  return sizes
    .filter(([, count]) => count)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(" ");
}

function showBot(node, store) {
  const { name, connected } = store.snapshot.bot;
  const [state, words] = !store.online
    ? ["lost", "Sandbox stopped"]
    : connected
      ? ["on", `${name} connected`]
      : ["off", `${name} not connected`];
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  node.title = words;
  node.replaceChildren(h("span", { class: "dot" }), h("span", { class: "bot-words" }, words));
}
