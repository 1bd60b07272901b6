// The page: one live feed of what the server knows, drawn on two phones, the diary and the till.
import { act, clockText, dayText, el } from "./dom.js";
import { Diary } from "./diary.js";
import { Letters } from "./letters.js";
import { Phone } from "./phone.js";
import { Prompt } from "./prompt.js";
import { Till } from "./till.js";
import { customerWords, ownerWords } from "./words.js";

const byId = (id) => document.getElementById(id);
const view = { tenant: null, customer: null, channel: "whatsapp", face: "whatsapp", day: null, language: "sw" };
/** What the customer holds: a chat on one of three channels, the widget on the business's web page, or the texts that came by SMS. */
const FACES = [["whatsapp", "WhatsApp"], ["instagram", "Instagram"], ["messenger", "Messenger"], ["web", "Web"], ["sms", "SMS"]];
const NOT_CHATS = new Set(["web", "sms"]);
let feed = null;
let focus = null;
let drawn = null;

const customer = new Phone(byId("customer-phone"), {
  placeholder: "Write a message",
  empty: ["Say hello", "Write anything, or tap one of these. The answer comes in a second."],
  starters: () => [customerWords(view.tenant, "sw")[0], customerWords(view.tenant, "en")[0]],
  onSay: (text) => speak("say", { text }),
  onPick: (choice) => speak("say", { choice: { id: choice.id, title: choice.title } }),
});
const owner = new Phone(byId("owner-phone"), {
  placeholder: "Write as the owner",
  empty: ["Nothing needs you", "Bookings and payments go by themselves. When a customer asks for a person, you are called here."],
  onSay: (text) => speak("owner", { text }),
  onPick: (choice) => speak("owner", { choice: { id: choice.id, title: choice.title } }),
});
const prompt = new Prompt(customer);
const diary = new Diary({ sheet: byId("sheet"), days: byId("days"), title: byId("diary-title"), sub: byId("diary-sub"), onDay: (day) => look({ day }) });
const till = new Till(byId("till"));
const letters = new Letters(byId("letters"), { asked: () => view, words: () => customerWords(view.tenant, view.language)[0] });

async function speak(path, words) {
  const taken = await act(path, { tenant: view.tenant, customer: view.customer, channel: path === "say" ? view.channel : undefined, ...words });
  if (!taken) toast("That did not get through. Please try again.");
}

/** Changes what is looked at and opens the feed anew. */
function look(change) {
  Object.assign(view, change);
  feed?.close();
  const query = new URLSearchParams(Object.entries({ tenant: view.tenant, customer: view.customer, channel: view.channel, day: view.day }).filter(([, value]) => value));
  feed = new EventSource(`/demo/feed?${query}`);
  feed.addEventListener("state", (event) => { byId("lost").hidden = true; draw(JSON.parse(event.data)); });
  feed.addEventListener("error", () => { byId("lost").hidden = false; });
}

function draw(state) {
  view.tenant = state.slug;
  view.customer = state.customer;
  const key = `${state.slug} ${state.customer} ${state.channel}`;
  const same = drawn?.key === key;
  byId("clock-time").textContent = clockText(state.now_minute);
  byId("clock-date").textContent = dayText(state.today, { weekday: "short", day: "numeric", month: "short" });
  byId("widget-link").href = `/w/${state.slug}`;
  drawTenants(state);
  drawChannels(state);
  drawPersonas(state);
  drawChips(state.slug);
  const note = state.typing ? "typing…" : "online";
  const time = clockText(state.now_minute);
  const heard = view.face === "sms"
    ? customer.show({ key: `${key} sms`, title: "Messages", note: "texts by SMS", time, lines: state.texts.map(textLine), typing: false })
    : customer.show({ key, title: state.name, note, time, lines: state.customer_chat, typing: state.typing });
  const paged = owner.show({ key: state.slug, title: "Ratiba", note: `for ${state.name}`, time: clockText(state.now_minute), lines: state.owner_chat, typing: false });
  prompt.show(state.prompts);
  prompt.receipts(key, state.till.entries);
  diary.show(state);
  till.show(state.till);
  letters.show(state);
  if (same) {
    if (heard || state.prompts.length > drawn.prompts) news("customer");
    if (paged) news("owner");
  }
  follow(state, same);
  drawn = { key, prompts: state.prompts.length, texts: state.texts.length };
}

/** Turns to the day of the customer's newest booking, and says what has become of it. */
function follow(state, same) {
  const now = state.focus;
  const before = focus;
  focus = now;
  if (!same || !now) return;
  if (before?.id === now.id && before.status === now.status) return;
  news("diary");
  if (now.status === "confirmed") toast(`${now.service} with ${now.staff}, ${dayText(now.date, { weekday: "short", day: "numeric", month: "short" })} ${clockText(now.from)}`, "In the diary: ");
  if (now.date !== state.day) look({ day: now.date });
}

/** A text as a line of a chat; it can be read and not answered. */
const textLine = (text) => ({ id: text.id, me: false, text: text.words, day: text.day, at: `${text.at} · ${text.parts === 1 ? "1 part" : `${text.parts} parts`}`, choices: [], list: null, ticks: null });

function drawChannels(state) {
  const root = byId("channels");
  if (root.childElementCount === 0) {
    root.append(...FACES.map(([face, name]) => el("button", { type: "button", "data-face": face, onclick: () => { view.face = face; focus = null; look({ channel: NOT_CHATS.has(face) ? view.channel : face }); } }, name)));
  }
  const texts = state.texts.length;
  for (const button of root.children) {
    const face = button.dataset.face;
    button.setAttribute("aria-pressed", String(face === view.face));
    if (face === "sms") {
      button.textContent = texts ? `SMS ${texts}` : "SMS";
      if (drawn && texts > drawn.texts && view.face !== "sms") { button.dataset.news = ""; toast("It waits in the SMS inbox.", "A text came: "); }
      if (view.face === "sms") delete button.dataset.news;
    }
  }
  byId("customer-chips").closest(".try").dataset.off = String(NOT_CHATS.has(view.face));
  const web = byId("customer-web");
  const address = `/w/${state.slug}`;
  byId("customer-phone").hidden = view.face === "web";
  byId("customer-phone").dataset.face = view.face;
  web.hidden = view.face !== "web";
  if (view.face === "web" && web.getAttribute("src") !== address) web.setAttribute("src", address);
}

function drawTenants(state) {
  const root = byId("tenants");
  if (root.childElementCount === 0) {
    root.append(...state.tenants.map((tenant) => el("button", { type: "button", "data-slug": tenant.slug, onclick: () => { focus = null; look({ tenant: tenant.slug, day: null }); } }, tenant.name, el("small", {}, tenant.note))));
  }
  for (const button of root.children) button.setAttribute("aria-pressed", String(button.dataset.slug === state.slug));
}

function drawPersonas(state) {
  const select = byId("persona");
  if (select.childElementCount === 0) {
    select.append(...state.customers.map((person) => el("option", { value: person.phone }, `${person.name} (${person.shown})`)));
    select.addEventListener("change", () => { focus = null; look({ customer: select.value }); });
  }
  select.value = state.customer;
}

function drawChips(slug) {
  const chips = byId("customer-chips");
  const key = `${slug} ${view.language}`;
  if (chips.dataset.key !== key) {
    chips.dataset.key = key;
    chips.lang = view.language;
    chips.scrollLeft = 0;
    chips.replaceChildren(...customerWords(slug, view.language).map((text) => el("button", { type: "button", onclick: () => customer.say(text) }, text)));
  }
  const own = byId("owner-chips");
  if (own.childElementCount === 0) own.append(...ownerWords().map((text) => el("button", { type: "button", onclick: () => owner.say(text) }, text)));
}

let hide = 0;
function toast(text, lead = "") {
  const node = byId("toast");
  node.replaceChildren(el("b", {}, lead), text);
  node.dataset.on = "";
  clearTimeout(hide);
  hide = setTimeout(() => delete node.dataset.on, 4200);
}

function news(tab) {
  if (byId("stage").dataset.tab !== tab) byId("tabs").querySelector(`[data-tab="${tab}"]`).dataset.news = "";
}

byId("tabs").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-tab]");
  if (!button) return;
  byId("stage").dataset.tab = button.dataset.tab;
  delete button.dataset.news;
  if (button.dataset.tab === "diary") diary.redraw();
  for (const other of byId("tabs").querySelectorAll("[data-tab]")) other.setAttribute("aria-pressed", String(other === button));
});
document.querySelector(".clock").addEventListener("click", (event) => {
  const minutes = Number(event.target.dataset?.advance);
  if (minutes) act("clock", { minutes });
});
document.querySelector(".lang-toggle").addEventListener("click", (event) => {
  const language = event.target.dataset?.lang;
  if (!language) return;
  view.language = language;
  for (const button of event.currentTarget.children) button.setAttribute("aria-pressed", String(button.dataset.lang === language));
  if (view.tenant) drawChips(view.tenant);
});

look({});
