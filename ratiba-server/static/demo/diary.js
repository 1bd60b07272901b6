// The diary of one day: a column for each member of staff, appointments as blocks that come, settle and go.
import { clockText, dayText, el, money } from "./dom.js";

const HUES = ["#2f7a58", "#b8492a", "#7a4f9a", "#b07a10", "#2b6f8f"];
const PIXELS_PER_MINUTE = 1.04;
const SHORTEST = 18;

export class Diary {
  #sheet; #days; #title; #sub; #onDay; #frame = null; #slots = new Map(); #lanes = new Map(); #now = null; #from = 0; #scale = PIXELS_PER_MINUTE; #last = null;

  constructor({ sheet, days, title, sub, onDay }) {
    this.#sheet = sheet;
    this.#days = days;
    this.#title = title;
    this.#sub = sub;
    this.#onDay = onDay;
  }

  /** Draws anew: the sheet was hidden and has a size now. */
  redraw() {
    this.#frame = null;
    if (this.#last) this.show(this.#last);
  }

  show(state) {
    this.#last = state;
    this.#showDays(state);
    this.#title.textContent = dayText(state.day, { weekday: "long", day: "numeric", month: "long" });
    const active = state.diary.filter((slot) => slot.status !== "gone");
    const worth = active.reduce((sum, slot) => sum + slot.price, 0);
    this.#sub.textContent = `${state.name} · ${active.length === 1 ? "1 appointment" : `${active.length} appointments`}${worth ? ` · ${money(worth)}` : ""}`;
    const frame = JSON.stringify([state.slug, state.day, state.open, state.staff]);
    const first = frame !== this.#frame;
    if (first) this.#draw(state, frame);
    if (state.open.length === 0) return;
    this.#place(state, active, first);
    this.#moveNow(state);
    if (first) this.#scrollTo(state, active);
  }

  #showDays(state) {
    const key = JSON.stringify([state.days, state.day]);
    if (this.#days.dataset.key === key) return;
    this.#days.dataset.key = key;
    this.#days.replaceChildren(...state.days.map((day) => {
      const dots = el("i", {}, ...Array.from({ length: Math.min(4, Math.ceil(day.count / 2)) }, () => el("span")));
      return el("button", { type: "button", "aria-pressed": String(day.date === state.day), "data-closed": !day.open,
        "aria-label": `${dayText(day.date, { weekday: "long", day: "numeric", month: "long" })}, ${day.open ? `${day.count} appointments` : "closed"}`,
        onclick: () => this.#onDay(day.date) },
      el("small", {}, dayText(day.date, { weekday: "short" })), el("b", {}, String(Number(day.date.slice(8)))), dots);
    }));
  }

  #draw(state, frame) {
    this.#frame = frame;
    this.#slots.clear();
    this.#lanes.clear();
    if (state.open.length === 0) {
      this.#sheet.replaceChildren(el("div", { class: "closed" }, el("b", {}, "Closed"), "Customers who ask for this day are offered the nearest free times."));
      return;
    }
    const from = state.open[0][0];
    const to = state.open[state.open.length - 1][1];
    const room = this.#sheet.clientHeight - 62;
    this.#from = from;
    this.#scale = Math.max(PIXELS_PER_MINUTE, room / (to - from));
    const height = (to - from) * this.#scale;
    const grid = el("div", { class: "grid" });
    grid.style.gridTemplateColumns = `54px repeat(${state.staff.length}, minmax(96px, 1fr))`;
    grid.append(el("div", { class: "who" }));
    state.staff.forEach((person, index) => {
      const name = el("span", { "data-initial": person.name.replace(/^Dr /, "").slice(0, 1) }, person.name);
      const head = el("div", { class: "who" }, name);
      head.style.setProperty("--hue", HUES[index % HUES.length]);
      grid.append(head);
    });
    const hours = el("div", { class: "hours" });
    hours.style.height = `${height}px`;
    for (let minute = Math.ceil(from / 60) * 60; minute <= to; minute += 60) {
      if (minute === from || minute === to) continue;
      const mark = el("span", {}, clockText(minute));
      mark.style.top = `${(minute - from) * this.#scale}px`;
      hours.append(mark);
    }
    grid.append(hours);
    state.staff.forEach((person, index) => {
      const lane = el("div", { class: "lane", role: "list", "aria-label": person.name });
      lane.style.setProperty("--hue", HUES[index % HUES.length]);
      lane.style.gridColumn = index + 2;
      for (let minute = Math.ceil(from / 60) * 60; minute < to; minute += 60) {
        const rule = el("div", { class: "rule" });
        rule.style.top = `${(minute - from) * this.#scale}px`;
        lane.append(rule);
      }
      for (let i = 1; i < state.open.length; i += 1) {
        const shut = el("div", { class: "shut" });
        shut.style.top = `${(state.open[i - 1][1] - from) * this.#scale}px`;
        shut.style.height = `${(state.open[i][0] - state.open[i - 1][1]) * this.#scale}px`;
        lane.append(shut);
      }
      this.#lanes.set(person.id, lane);
      grid.append(lane);
    });
    this.#now = el("div", { class: "now", hidden: true });
    grid.append(el("div", { class: "over", "aria-hidden": "true" }, this.#now));
    this.#sheet.replaceChildren(grid);
  }

  #place(state, active, first) {
    const seen = new Set();
    for (const slot of active) {
      const lane = this.#lanes.get(slot.staff);
      if (!lane) continue;
      seen.add(slot.id);
      const known = this.#slots.get(slot.id);
      const node = known?.node ?? el("div", { role: "listitem" });
      const minutes = slot.to - slot.from;
      const height = Math.max(SHORTEST, minutes * this.#scale - 3);
      node.style.top = `${(slot.from - this.#from) * this.#scale + 1}px`;
      node.style.height = `${height}px`;
      const past = state.day < state.today || (state.day === state.today && slot.to <= state.now_minute);
      const settled = known && known.status === "held" && slot.status === "confirmed";
      node.className = ["slot", slot.status, slot.mine && "mine", past && "past", height < 37 && "short", height < 21 && "tiny", !known && !first && "fresh", settled && "settled"].filter(Boolean).join(" ");
      const look = JSON.stringify(slot);
      if (known?.look !== look) {
        node.replaceChildren(el("b", {}, slot.service), el("span", {}, `${clockText(slot.from)} · ${slot.who}`));
        if (slot.paid > 0) node.append(el("i", { class: "paid", title: `Paid ${money(slot.paid)}` }, slot.paid >= slot.price ? "paid" : "deposit"));
        node.title = `${slot.service}, ${clockText(slot.from)}–${clockText(slot.to)}, ${slot.who}, ${money(slot.price)}${slot.status === "held" ? " (held)" : ""}`;
      }
      if (!known) lane.append(node);
      this.#slots.set(slot.id, { node, status: slot.status, look });
      if (!first && (!known || settled)) node.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
    for (const [id, { node }] of this.#slots) {
      if (seen.has(id)) continue;
      this.#slots.delete(id);
      node.classList.add("gone");
      setTimeout(() => node.remove(), 320);
    }
  }

  #moveNow(state) {
    const to = state.open[state.open.length - 1][1];
    const inside = state.day === state.today && state.now_minute >= this.#from && state.now_minute <= to;
    this.#now.hidden = !inside;
    if (!inside) return;
    this.#now.style.top = `${(state.now_minute - this.#from) * this.#scale}px`;
  }

  #scrollTo(state, active) {
    const mine = active.find((slot) => slot.mine);
    const minute = state.day === state.today ? state.now_minute - 60 : (mine?.from ?? this.#from) - 60;
    this.#sheet.scrollTop = Math.max(0, (minute - this.#from) * this.#scale);
  }
}
