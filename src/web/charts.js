/** Draws the charts of a page with uPlot from their `data-chart`; colours follow the reader's light or dark, times their zone. */
const root = document.documentElement;
const colourOf = (name) => () => getComputedStyle(root).getPropertyValue(name).trim();
const DAY_SECONDS = 86_400;
const HEIGHT = 240;
/** As in the stylesheet: the lanes of networks keep the same margins, so that days stand below days. */
const [LEFT, RIGHT] = [56, 22];
/** What is drawn with the mouse over less than this, in pixels, was a click. */
const LEAST_BRUSH = 6;
/** As the server has it: shorter, a chart of minutes says nothing. */
const LEAST_SECONDS = 300;

const counts = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
/** The hour and day of an instant in the zone that times.js shows. */
const shown = (seconds) => window.plimsollTime(new Date(seconds * 1000));

function axisTime(seconds, step) {
  const { day, minute } = shown(seconds);
  return step >= DAY_SECONDS || minute === "00:00" ? day.slice(5) : minute;
}

const LOOKS = {
  actual: { stroke: colourOf("--actual"), width: 1.5, fill: colourOf("--own") },
  unknown: { stroke: colourOf("--bad"), width: 1.5, fill: colourOf("--unknown") },
  expected: { stroke: colourOf("--calm"), width: 1.5, dash: [5, 4] },
  low: { stroke: colourOf("--faint"), width: 1 },
  high: { stroke: colourOf("--faint"), width: 1 },
  limit: { stroke: colourOf("--bad"), width: 1.5, dash: [10, 4] },
};

/** Draws the marks of a chart: a line through it and its number on top. */
function drawMarks(plot, marks) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  let lastX = -Infinity;
  let row = 0;
  for (const { at, number, kind } of marks) {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const size = 8 * ratio;
    row = x - lastX < 2 * size ? row + 1 : 0;
    lastX = x;
    const y = bbox.top + size + row * 2.2 * size;
    ctx.strokeStyle = ctx.fillStyle = colourOf(kind === "change" ? "--change" : "--bad")();
    ctx.lineWidth = ratio;
    ctx.setLineDash(kind === "change" ? [2 * ratio, 3 * ratio] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = colourOf("--ground-of-marks")();
    ctx.fillText(String(number), x, y);
  }
  ctx.restore();
}

/** A limit that is off the scale: an edge with its value, so that the traffic below is not pressed to the ground. */
function drawEdge({ ctx, bbox }, edge) {
  if (edge === null) return;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
  ctx.fillStyle = ctx.strokeStyle = colourOf("--bad")();
  ctx.lineWidth = 2 * ratio;
  ctx.setLineDash([10 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, bbox.top + ratio);
  ctx.lineTo(bbox.left + bbox.width, bbox.top + ratio);
  ctx.stroke();
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillText(`↑ ${edge}`, bbox.left + 6 * ratio, bbox.top + 5 * ratio);
  ctx.restore();
}

/** Shows all charts of the view from one instant to another, in seconds; the place named in the address is where the reader goes on. */
function showRange(from, to, hash) {
  const textAt = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
  const way = new URL(location.href);
  way.search = new URLSearchParams({ from: textAt(from), to: textAt(to) }).toString();
  way.hash = hash;
  location.assign(way);
}

/** What was drawn over a chart becomes the range of all charts of the view. */
function brushed(plot) {
  const { left, width } = plot.select;
  if (width >= LEAST_BRUSH) showRange(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"), "range");
}

/** The same by keys on a chart that has the focus: + half of it, - twice as much, arrows half of it earlier or later. */
function zoomByKeys(place) {
  // Not the chart's own edges: those are rounded outwards, and would drift with every step.
  const picker = document.getElementById("range");
  if (picker === null) return;
  const [from, to] = [Number(picker.dataset.from), Number(picker.dataset.to)];
  const quarter = (to - from) / 4;
  const ranges = {
    "+": [from + quarter, to - quarter],
    "=": [from + quarter, to - quarter],
    "-": [from - 2 * quarter, to + 2 * quarter],
    ArrowLeft: [from - 2 * quarter, to - 2 * quarter],
    ArrowRight: [from + 2 * quarter, to + 2 * quarter],
  };
  place.addEventListener("keydown", (event) => {
    const range = event.ctrlKey || event.metaKey || event.altKey ? undefined : ranges[event.key];
    if (range === undefined) return;
    event.preventDefault();
    // What is still to come is cut off: then the span is kept, and ends now.
    const late = Math.max(0, range[1] - Math.floor(Date.now() / 60_000) * 60);
    const [begin, end] = [range[0] - late, range[1] - late];
    if (end - begin >= LEAST_SECONDS) showRange(begin, end, place.id);
  });
}

/** Own and unknown stand on each other: the upper one is drawn first, up to the sum of both. */
function stacked(lines) {
  const own = lines.find(({ role }) => role === "actual").values;
  return lines.map(({ role, values }) =>
    role === "unknown" ? values.map((value, i) => (value === null ? null : value + own[i])) : values,
  );
}

function draw(place) {
  const chart = JSON.parse(place.dataset.chart);
  const printed = (value) => (value === null ? "unknown" : `${chart.sign}${exact.format(value)}${chart.unit}`);
  const [{ values: first }] = chart.lines;
  const times = first.map((_, i) => chart.from + i * chart.step);
  /** Where nothing is pointed at, the legend has the newest values. */
  const newest = first.findLastIndex((value) => value !== null);
  const indexOf = (role) => 1 + chart.lines.findIndex((line) => line.role === role);
  const steps = window.uPlot.paths.stepped({ align: 1 });
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    padding: [8, RIGHT, 0, 0],
    tzDate: (seconds) => window.plimsollTime.date(seconds),
    cursor: {
      sync: { key: "range", setSeries: false },
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
    },
    scales: {
      x: { range: (_, min, max) => [min ?? chart.from, max === times.at(-1) ? chart.to : (max ?? chart.to)] },
      y: { range: (_, __, max) => [0, chart.top === null ? Math.max(max ?? 0, 1) * 1.1 : chart.top] },
    },
    axes: [
      {
        stroke: colourOf("--calm"),
        grid: { stroke: colourOf("--line"), width: 0.5 },
        ticks: { stroke: colourOf("--line") },
        values: (_, splits, __, ___, step) => splits.map((at) => axisTime(at, step)),
      },
      {
        stroke: colourOf("--calm"),
        size: LEFT,
        grid: { stroke: colourOf("--line"), width: 0.5 },
        ticks: { stroke: colourOf("--line") },
        values: (_, splits) => splits.map((value) => `${chart.sign}${counts.format(value)}`),
      },
    ],
    series: [
      {
        value: (_, __, ___, index) => {
          const { day, minute, zone } = shown(times[index ?? Math.max(newest, 0)]);
          return `${index === null ? "newest: " : ""}${day} ${minute} ${zone}`;
        },
      },
      ...chart.lines.map(({ name, role, values }) => ({
        ...LOOKS[role],
        label: name,
        points: { show: false },
        ...(chart.stepped || role === "limit" ? { paths: steps } : {}),
        value: (_, __, ___, index) => printed(values[index ?? newest] ?? null),
      })),
    ],
    bands: indexOf("high") > 0 ? [{ series: [indexOf("high"), indexOf("low")], fill: colourOf("--band") }] : [],
    hooks: {
      draw: [(plot) => drawMarks(plot, chart.marks), (plot) => drawEdge(plot, chart.edge)],
      setSelect: [brushed],
    },
  };
  const plot = new window.uPlot(options, [times, ...stacked(chart.lines)], place);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
  // Paper is white, whatever the screen is.
  matchMedia("print").addEventListener("change", () => plot.redraw());
  addEventListener("zonechange", () => plot.setData(plot.data));
}

for (const place of document.querySelectorAll("[data-chart]")) {
  draw(place);
  zoomByKeys(place);
  // Whoever came here by keys goes on by keys.
  if (location.hash === `#${place.id}`) place.focus();
}
