/** Dates in the reader's zone: clock and day labels, and Slack's <!date> tokens. */

const DAY_MS = 86_400_000;
const formatters = new Map();

function formatter(tz, options) {
  const key = tz + JSON.stringify(options);
  if (!formatters.has(key)) {
    formatters.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: tz, ...options }));
  }
  return formatters.get(key);
}

function parts(date, tz, options) {
  return Object.fromEntries(
    formatter(tz, options)
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  );
}

const NUMERIC = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};
const NAMED = { weekday: "long", year: "numeric", month: "long", day: "numeric" };

export function clockTime(date, tz) {
  const { hour, minute } = parts(date, tz, NUMERIC);
  return `${hour}:${minute}`;
}

/** `2026-11-20` in that zone: equal for two instants of one local day. */
export function dayOf(date, tz) {
  const { year, month, day } = parts(date, tz, NUMERIC);
  return `${year}-${month}-${day}`;
}

/** `Fri 20 Nov`, as the clock and the switcher show it. */
export function shortDay(date, tz) {
  const { weekday, day, month } = parts(date, tz, NAMED);
  return `${weekday.slice(0, 3)} ${day} ${month.slice(0, 3)}`;
}

/** `Today`, `Yesterday`, or `Friday, 20 November` for a day divider. */
export function dayLabel(date, tz, now) {
  const near = nearDay(date, tz, now);
  const { weekday, day, month, year } = parts(date, tz, NAMED);
  const thisYear = year === parts(now, tz, NAMED).year;
  return near
    ? near[0].toUpperCase() + near.slice(1)
    : `${weekday}, ${day} ${month}${thisYear ? "" : ` ${year}`}`;
}

/** The same inside a sentence: `today`, `yesterday`, or the full day. */
export function dayWords(date, tz, now) {
  return nearDay(date, tz, now) ?? dayLabel(date, tz, now);
}

/** `Europe/Berlin` → `Berlin`. */
export function cityOf(tz) {
  return tz.split("/").at(-1).replaceAll("_", " ");
}

export function fullMoment(date, tz) {
  return `${dayLabel(date, tz, new Date(0))} ${clockTime(date, tz)}, ${cityOf(tz)} time`;
}

function nearDay(date, tz, now) {
  const days = (Date.parse(dayOf(date, tz)) - Date.parse(dayOf(now, tz))) / DAY_MS;
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

function ordinal(day) {
  const rest = day % 100;
  const suffix = rest > 10 && rest < 14 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th");
  return `${day}${suffix}`;
}

function ago(date, now) {
  const seconds = (date - now) / 1000;
  const steps = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** Fills Slack's date tokens; `now` is business time, which is what "today" means here. */
export function slackDate(unix, format, tz, now) {
  const date = new Date(unix * 1000);
  const { weekday, day, month, year } = parts(date, tz, NAMED);
  const digits = parts(date, tz, NUMERIC);
  const long = `${month} ${ordinal(Number(day))}, ${year}`;
  const short = `${month.slice(0, 3)} ${day}, ${year}`;
  const near = nearDay(date, tz, now);
  const tokens = {
    date_num: `${digits.year}-${digits.month}-${digits.day}`,
    date_slash: `${digits.day}/${digits.month}/${digits.year}`,
    date: long,
    date_short: short,
    date_long: `${weekday}, ${long}`,
    date_long_full: `${weekday}, ${long}`,
    date_pretty: near ?? long,
    date_short_pretty: near ?? short,
    date_long_pretty: near ?? `${weekday}, ${long}`,
    day_divider_pretty: near ?? `${weekday}, ${long}`,
    time: `${digits.hour}:${digits.minute}`,
    time_secs: `${digits.hour}:${digits.minute}:${digits.second}`,
    ago: ago(date, now),
  };
  return format.replace(/\{(\w+)\}/g, (whole, token) => tokens[token] ?? whole);
}

/** `2026-11-20T16:30` as somebody in `tz` means it, in Unix seconds. */
export function unixFromLocal(local, tz) {
  const wanted = Date.parse(`${local}Z`);
  let instant = wanted;
  for (let step = 0; step < 2; step += 1)
    instant += wanted - Date.parse(`${localFromUnix(instant / 1000, tz)}Z`);
  return Math.round(instant / 1000);
}

/** The inverse, in the form a datetime-local input takes. */
export function localFromUnix(unix, tz) {
  const date = new Date(unix * 1000);
  return `${dayOf(date, tz)}T${clockTime(date, tz)}`;
}
