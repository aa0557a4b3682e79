/** `data_visualization` as a small SVG, with the same figures as a table for screen readers. */

import { h, svg } from "../dom.js";

const WIDTH = 480;
const HEIGHT = 220;
/** Slack allows twelve series or segments, so no two share a colour. */
const TONES = 12;
const FRAME = { left: 44, right: 8, top: 10, bottom: 28 };

export function chart({ title, chart: spec }) {
  const pie = spec.type === "pie";
  const drawing = svg(
    "svg",
    {
      viewBox: pie ? "0 0 220 220" : `0 0 ${WIDTH} ${HEIGHT}`,
      class: `chart chart-${spec.type}`,
      "aria-hidden": "true",
    },
    pie ? slices(spec.segments) : plot(spec),
  );
  const names = pie
    ? spec.segments.map((segment) => segment.label)
    : spec.series.map((series) => series.name);
  return h(
    "figure",
    { class: "chart-figure" },
    h("figcaption", {}, title),
    h(
      "div",
      { class: pie ? "chart-beside" : "chart-above" },
      drawing,
      names.length > 1 && legend(names, pie ? spec.segments : null),
    ),
    spec.axis_config?.x_label &&
      h(
        "p",
        { class: "chart-axis" },
        [spec.axis_config.y_label, spec.axis_config.x_label].filter(Boolean).join(" by "),
      ),
    figures(title, spec),
  );
}

function legend(names, segments) {
  const total = segments?.reduce((sum, segment) => sum + segment.value, 0);
  return h(
    "ul",
    { class: "chart-legend", "aria-hidden": "true" },
    names.map((name, index) =>
      h(
        "li",
        {},
        h("span", { class: `swatch tone-${index % TONES}` }),
        name,
        segments &&
          h("span", { class: "chart-share" }, `${Math.round((100 * segments[index].value) / total)} %`),
      ),
    ),
  );
}

function figures(title, { segments, series, axis_config: axis }) {
  const heads = segments ? ["", "Value"] : ["", ...series.map((one) => one.name)];
  const rows = segments
    ? segments.map(({ label, value }) => [label, value])
    : categoriesOf({ series, axis_config: axis }).map((label) => [
        label,
        ...series.map((one) => valueAt(one, label)),
      ]);
  return h(
    "table",
    { class: "visually-hidden" },
    h("caption", {}, title),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heads.map((head) => h("th", { scope: "col" }, head)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map(([label, ...values]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, label),
          values.map((value) => h("td", {}, String(value))),
        ),
      ),
    ),
  );
}

const categoriesOf = ({ series, axis_config: axis }) =>
  axis?.categories ?? series[0].data.map((point) => point.label);
const valueAt = (series, label) => series.data.find((point) => point.label === label)?.value ?? 0;

function slices(segments) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  let turned = 0;
  return segments.map(({ value }, index) => {
    const share = value / total;
    const slice = svg("circle", {
      class: `slice stroke tone-${index % TONES}`,
      cx: 110,
      cy: 110,
      r: 70,
      pathLength: 100,
      "stroke-dasharray": `${Math.max(100 * share - (segments.length > 1 ? 0.6 : 0), 0.2)} 100`,
      "stroke-dashoffset": -100 * turned,
    });
    turned += share;
    return slice;
  });
}

function plot(spec) {
  const categories = categoriesOf(spec);
  const values = spec.series.flatMap((series) => categories.map((label) => valueAt(series, label)));
  const scale = scaleFor(Math.min(0, ...values), Math.max(1, ...values));
  const column = (WIDTH - FRAME.left - FRAME.right) / categories.length;
  const grid = scale.ticks.map((tick) => [
    svg("line", {
      class: "grid",
      x1: FRAME.left,
      x2: WIDTH - FRAME.right,
      y1: scale.y(tick),
      y2: scale.y(tick),
    }),
    svg(
      "text",
      { class: "tick", x: FRAME.left - 8, y: scale.y(tick) + 4, "text-anchor": "end" },
      compact(tick),
    ),
  ]);
  const every = Math.ceil(categories.length / 8);
  const labels = categories.map(
    (label, index) =>
      index % every === 0 &&
      svg(
        "text",
        {
          class: "tick",
          x: FRAME.left + column * (index + 0.5),
          y: HEIGHT - 8,
          "text-anchor": "middle",
        },
        shortened(label, column * every),
      ),
  );
  const marks = spec.type === "bar" ? bars : lines;
  return [...grid.flat(), ...labels.filter(Boolean), ...marks(spec, categories, scale, column)];
}

function scaleFor(low, high) {
  const step = niceStep((high - low) / 4);
  const [bottom, top] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const height = HEIGHT - FRAME.top - FRAME.bottom;
  const y = (value) => FRAME.top + (height * (top - value)) / (top - bottom);
  const ticks = Array.from(
    { length: Math.round((top - bottom) / step) + 1 },
    (_, index) => bottom + index * step,
  );
  return { y, ticks };
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
}

const compact = (value) =>
  new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(value);

function shortened(label, width) {
  const room = Math.max(3, Math.floor(width / 6.2));
  return label.length > room ? `${label.slice(0, room - 1)}…` : label;
}

function bars({ series }, categories, scale, column) {
  const width = Math.min(36, (column * 0.7) / series.length);
  return series.flatMap((one, place) =>
    categories.map((label, index) => {
      const value = valueAt(one, label);
      const middle = FRAME.left + column * (index + 0.5);
      return svg("rect", {
        class: `fill tone-${place % TONES}`,
        rx: 2,
        width: Math.max(width - 2, 1),
        x: middle + width * (place - series.length / 2) + 1,
        y: scale.y(Math.max(value, 0)),
        height: Math.abs(scale.y(value) - scale.y(0)),
      });
    }),
  );
}

function lines({ type, series }, categories, scale, column) {
  return series.flatMap((one, place) => {
    const points = categories.map((label, index) => [
      FRAME.left + column * (index + 0.5),
      scale.y(valueAt(one, label)),
    ]);
    const path = points.map(([x, y]) => `${x},${y}`).join(" ");
    const floor = `${points.at(-1)[0]},${scale.y(0)} ${points[0][0]},${scale.y(0)}`;
    return [
      type === "area" &&
        svg("polygon", { class: `area fill tone-${place % TONES}`, points: `${path} ${floor}` }),
      svg("polyline", { class: `line stroke tone-${place % TONES}`, points: path }),
      ...(type === "line"
        ? points.map(([x, y]) => svg("circle", { class: `fill tone-${place % TONES}`, cx: x, cy: y, r: 3 }))
        : []),
    ].filter(Boolean);
  });
}
