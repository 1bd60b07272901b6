// Small helpers around the DOM; text is only ever set as text.

/** Makes an element: el("p", {class: "x"}, "text", child). Properties that start with "on" are listeners. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing from path data. */
export function icon(viewBox, ...paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Minor units as people write them: 50000 is "KSh 500". */
export function money(minor, currency = "KSh") {
  const whole = minor / 100;
  const digits = Number.isInteger(whole) ? 0 : 2;
  return `${currency} ${whole.toLocaleString("en-KE", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** Minutes after midnight as "15:05". */
export const clockText = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** "2026-11-24" as a date whose parts don't depend on the reader's time zone. */
export const civil = (date) => new Date(`${date}T12:00:00Z`);

/** A date in words; `options` as for Intl. */
export const dayText = (date, options) => civil(date).toLocaleDateString("en-KE", { timeZone: "UTC", ...options });

const post = (path, body) => fetch(`/demo/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Sends an action to the server; resolves to whether it was taken. */
export async function act(path, body) {
  try {
    return (await post(path, body)).ok;
  } catch {
    return false;
  }
}

/** Sends an action that is answered with more than yes or no; resolves to the answer, or null. */
export async function ask(path, body) {
  try {
    const answer = await post(path, body);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
