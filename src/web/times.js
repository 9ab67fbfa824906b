/** Shows the times of a page in the reader's zone, with UTC on hover, or in UTC, with the reader's on hover: as the switch in the foot says, which is remembered. */
const KEPT = "plimsoll-zone";
const two = (number) => String(number).padStart(2, "0");
/** The reader's zone by its short name, as of an instant. */
const zoneName = (date) =>
  new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" })
    .formatToParts(date)
    .find(({ type }) => type === "timeZoneName").value;

/** A browser that keeps nothing shows the reader's zone each time. */
function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

let isUtc = kept() === "utc";

function textsOf(date, inUtc) {
  if (inUtc) {
    const text = date.toISOString();
    return { day: text.slice(0, 10), minute: text.slice(11, 16), zone: "UTC" };
  }
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return { day, minute: `${two(date.getHours())}:${two(date.getMinutes())}`, zone: zoneName(date) };
}

window.plimsollTime = (date) => textsOf(date, isUtc);
/** For the grid of charts, from seconds. */
window.plimsollTime.date = (seconds) => {
  const date = new Date(seconds * 1000);
  return isUtc ? window.uPlot.tzDate(date, "UTC") : date;
};

function show() {
  for (const one of document.querySelectorAll("time[datetime]")) {
    const date = new Date(one.dateTime);
    const [here, there] = [textsOf(date, isUtc), textsOf(date, !isUtc)];
    // Where the text named its zone it goes on to do so.
    one.dataset.zone ??= one.textContent.includes("UTC") ? "named" : "";
    one.textContent = `${here.day} ${here.minute}${one.dataset.zone === "named" ? ` ${here.zone}` : ""}`;
    one.title = `${there.day} ${there.minute} ${there.zone}`;
  }
  // Hours below lanes: a picture knows no time element.
  for (const one of document.querySelectorAll("text[data-time]"))
    one.textContent = textsOf(new Date(one.dataset.time), isUtc).minute;
}

const button = document.querySelector("button[data-zone-switch]");
const place = document.querySelector("[data-zone-name]");

function showZone() {
  show();
  const here = zoneName(new Date());
  place.textContent = isUtc ? "UTC" : `in your zone, ${here}; dates within sentences and fields are UTC`;
  button.textContent = isUtc ? `Show times in ${here}` : "Show times in UTC";
  button.hidden = here === "UTC" || here === "GMT";
}

if (button !== null) {
  button.addEventListener("click", () => {
    isUtc = !isUtc;
    try {
      localStorage.setItem(KEPT, isUtc ? "utc" : "local");
    } catch {
      // It is shown so until the next page.
    }
    showZone();
    dispatchEvent(new Event("zonechange"));
  });
  showZone();
}
