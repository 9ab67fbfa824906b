/** Draws the charts of a page with uPlot from their `data-chart`; colours follow the reader's light or dark. */
const root = document.documentElement;
const colourOf = (name) => () => getComputedStyle(root).getPropertyValue(name).trim();
const DAY_SECONDS = 86_400;
const HEIGHT = 240;
/** As in the stylesheet: the lanes of networks keep the same margins, so that days stand below days. */
const [LEFT, RIGHT] = [56, 12];

const counts = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const isoMinute = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");

function axisTime(seconds, step) {
  if (step >= DAY_SECONDS || seconds % DAY_SECONDS === 0) return days.format(seconds * 1000);
  return isoMinute(seconds).slice(11);
}

const LOOKS = {
  actual: { stroke: colourOf("--actual"), width: 1.5 },
  spend: { stroke: colourOf("--actual"), width: 1, fill: colourOf("--band") },
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

function draw(place) {
  const chart = JSON.parse(place.dataset.chart);
  const printed = (value) => (value === null ? "unknown" : `${chart.sign}${exact.format(value)}`);
  const times = chart.lines[0].values.map((_, i) => chart.from + i * chart.step);
  const indexOf = (role) => 1 + chart.lines.findIndex((line) => line.role === role);
  const steps = window.uPlot.paths.stepped({ align: 1 });
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    padding: [8, RIGHT, 0, 0],
    tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    cursor: { sync: { key: `of-${chart.step}`, setSeries: false }, points: { size: 6 } },
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
      { label: "At", value: (_, at) => (at === null ? "" : isoMinute(at)) },
      ...chart.lines.map(({ name, role }) => ({
        ...LOOKS[role],
        label: name,
        points: { show: false },
        ...(chart.stepped || role === "limit" ? { paths: steps } : {}),
        // Nothing is pointed at: the legend is names alone.
        value: (_, value, __, index) => (index === null ? "" : printed(value)),
      })),
    ],
    bands: indexOf("high") > 0 ? [{ series: [indexOf("high"), indexOf("low")], fill: colourOf("--band") }] : [],
    hooks: { draw: [(plot) => drawMarks(plot, chart.marks)] },
  };
  const plot = new window.uPlot(options, [times, ...chart.lines.map(({ values }) => values)], place);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
}

for (const place of document.querySelectorAll("[data-chart]")) draw(place);
