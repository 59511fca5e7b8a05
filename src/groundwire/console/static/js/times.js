// Times as the reader's own clock shows them. `data-style`: full, short, day, hour or relative.
const FORMATS = {
  full: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }),
  short: new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }),
  hour: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }),
};
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** Rewrite every <time datetime> within a node. */
export function showTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) showTime(element);
}

function showTime(element) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const style = element.dataset.style;
  element.textContent = style === "relative" ? ago(moment) : format(style, moment).format(moment);
  element.title = EXACT.format(moment);
}

/** Only this year's times are told without their year. */
function format(style, moment) {
  const isOld = style === "short" && moment.getFullYear() !== new Date().getFullYear();
  return (isOld ? null : FORMATS[style]) ?? FORMATS.full;
}

function ago(moment) {
  const seconds = (moment - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1);
  return AGO.format(Math.round(seconds / size), unit);
}

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-style="relative"]')) showTime(element);
}, 15000);
