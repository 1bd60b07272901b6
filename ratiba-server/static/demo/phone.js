// One phone: a chat with choices, lists and ticks, and a composer.
import { dayText, el, icon } from "./dom.js";

const SEND = "M3 20.5 21 12 3 3.5V10l11 2-11 2z";
const ONE_TICK = ["m4 5.4 3 3L13 2"];
const TWO_TICKS = ["m1 5.4 3 3L10 2", "m6 7.4 1.2 1L14 2"];

/** Words with their addresses as links, the way WhatsApp shows them. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s]+)/).map((part, n) => (n % 2 ? el("a", { href: part, target: "_blank", rel: "noopener" }, part) : part));
}

export class Phone {
  #root; #chat; #title; #note; #avatar; #time; #input; #onSay; #onPick; #lines = new Map(); #typing = null; #empty; #starters; #conversation = null;

  /** `onSay(text)` sends words, `onPick({id, title})` a choice; `empty` is shown while nobody has written, with `starters()` to tap. */
  constructor(root, { placeholder, empty, starters = () => [], onSay, onPick }) {
    this.#root = root;
    this.#onSay = onSay;
    this.#onPick = onPick;
    this.#empty = empty;
    this.#starters = starters;
    this.#time = el("span", {}, "--:--");
    this.#title = el("strong");
    this.#note = el("small");
    this.#avatar = el("span", { class: "avatar", "aria-hidden": "true" });
    this.#chat = el("div", { class: "chat", role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: "0" });
    this.#input = el("input", { type: "text", placeholder, "aria-label": placeholder, maxlength: "1000", autocomplete: "off", enterkeyhint: "send" });
    const composer = el("form", { class: "composer", onsubmit: (event) => this.#submit(event) }, this.#input, el("button", { "aria-label": "Send" }, icon("0 0 24 24", SEND)));
    root.replaceChildren(
      el("div", { class: "status", "aria-hidden": "true" }, this.#time, el("i"), icon("0 0 34 12", "M0 9h2v3H0zM4 6h2v6H4zM8 3h2v9H8zM12 0h2v12h-2zM19 2h12v8H19zM32 4h2v4h-2z")),
      el("div", { class: "contact" }, this.#avatar, el("div", {}, this.#title, this.#note)),
      this.#chat,
      composer,
    );
  }

  get root() { return this.#root; }

  /** Shows a conversation; `key` changes when it is another one. Returns whether something new came in. */
  show({ key, title, note, time, lines, typing }) {
    if (key !== this.#conversation) {
      this.#conversation = key;
      this.#lines.clear();
      this.#typing = null;
      this.#chat.replaceChildren();
      this.closeDrawer();
    }
    this.#title.textContent = title;
    this.#note.textContent = note;
    this.#avatar.textContent = title.slice(0, 1);
    this.#time.textContent = time;
    const atEnd = this.#chat.scrollHeight - this.#chat.scrollTop - this.#chat.clientHeight < 90;
    const news = this.#append(lines);
    this.#showTyping(typing);
    if (news || (typing && atEnd)) this.#chat.scrollTop = this.#chat.scrollHeight;
    return news;
  }

  say(text) {
    const words = text.trim();
    if (words) this.#onSay(words);
  }

  closeDrawer() {
    this.#root.querySelector(".veil.choices")?.remove();
  }

  #submit(event) {
    event.preventDefault();
    this.say(this.#input.value);
    this.#input.value = "";
  }

  #append(lines) {
    if (lines.length === 0) {
      if (!this.#chat.firstChild) {
        const starters = this.#starters().map((text) => el("button", { type: "button", onclick: () => this.say(text) }, text));
        this.#chat.append(el("div", { class: "empty" }, el("b", {}, this.#empty[0]), this.#empty[1], el("div", { class: "starters" }, ...starters)));
      }
      return false;
    }
    this.#chat.querySelector(".empty")?.remove();
    let news = false;
    let previous = null;
    for (const line of lines) {
      let entry = this.#lines.get(line.id);
      if (!entry) {
        if (previous?.day !== line.day && !this.#chat.querySelector(`[data-day="${line.day}"]`)) this.#chat.append(el("div", { class: "day-mark", "data-day": line.day }, dayText(line.day, { weekday: "long", day: "numeric", month: "long" })));
        entry = this.#line(line, previous);
        this.#lines.set(line.id, entry);
        this.#chat.append(entry.node);
        news = true;
      }
      if (entry.ticks !== line.ticks) {
        entry.ticks = line.ticks;
        entry.meta.replaceChildren(line.at, ...(line.ticks ? [this.#ticks(line.ticks)] : []));
      }
      previous = line;
    }
    const last = lines[lines.length - 1];
    for (const line of lines) for (const button of this.#lines.get(line.id).buttons) button.disabled = line !== last;
    return news;
  }

  #ticks(ticks) {
    const svg = icon("0 0 16 10", ...(ticks === "sent" ? ONE_TICK : TWO_TICKS));
    svg.setAttribute("class", `ticks ${ticks}`);
    return svg;
  }

  #line(line, previous) {
    const meta = el("span", { class: "meta" }, line.at);
    const node = el("div", { class: `msg${line.me ? " me" : ""}${previous && previous.me !== line.me ? " turn" : ""}` }, el("div", { class: "bubble" }, ...linked(line.text), meta));
    const buttons = [];
    if (line.link) node.append(el("div", { class: "options" }, el("a", { class: "link", href: line.link.url, target: "_blank", rel: "noopener" }, line.link.title)));
    if (line.choices?.length) {
      const options = el("div", { class: "options" });
      if (line.list) {
        buttons.push(el("button", { type: "button", onclick: () => this.#drawer(line) }, `☰ ${line.list}`));
      } else {
        for (const choice of line.choices) buttons.push(el("button", { type: "button", onclick: () => this.#onPick(choice) }, choice.title));
      }
      options.append(...buttons);
      node.append(options);
    }
    return { node, meta, buttons, ticks: null };
  }

  #drawer(line) {
    const pick = (choice) => { this.closeDrawer(); this.#onPick(choice); };
    const rows = line.choices.map((choice) => el("li", {}, el("button", { type: "button", onclick: () => pick(choice) }, choice.title, choice.description ? el("small", {}, choice.description) : null)));
    const veil = el("div", { class: "veil choices", role: "dialog", "aria-modal": "true", "aria-label": line.list,
      onclick: (event) => { if (event.target === veil) this.closeDrawer(); },
      onkeydown: (event) => { if (event.key === "Escape") this.closeDrawer(); } },
    el("div", { class: "drawer" }, el("header", {}, line.list, el("button", { type: "button", "aria-label": "Close", onclick: () => this.closeDrawer() }, "✕")), el("ul", {}, ...rows)));
    this.#root.append(veil);
    veil.querySelector("li button")?.focus();
  }

  #showTyping(typing) {
    if (!typing) {
      this.#typing?.remove();
      this.#typing = null;
      return;
    }
    this.#typing ??= el("div", { class: "typing", "aria-label": "is typing" }, el("i"), el("i"), el("i"));
    this.#chat.append(this.#typing);
  }
}
