// Dead letters: two ways to make one, what waits, and Replay and Dismiss, which go through the engine as an operator's would.
import { act, ask, el } from "./dom.js";

const SOURCES = { "whatsapp": "WhatsApp", "daraja/payment": "M-Pesa" };
const REASONS = ["Looked into by hand", "Paid back by hand", "Not for this business"];

export class Letters {
  #root; #asked; #words; #counts; #rows = new Map();

  /** `asked` gives what is looked at, `words` what a customer would write. */
  constructor(root, { asked, words }) {
    this.#root = root;
    this.#asked = asked;
    this.#words = words;
    const openers = [...document.querySelectorAll("[data-letters]")];
    this.#counts = openers;
    for (const opener of openers) opener.addEventListener("click", () => root.showModal());
    root.querySelector("[data-close]").addEventListener("click", () => root.close());
    root.addEventListener("click", (event) => { if (event.target === root) root.close(); });
    for (const button of root.querySelectorAll("[data-make]")) button.addEventListener("click", () => this.#make(button.dataset.make));
    root.querySelector("[data-enter]").addEventListener("click", () => this.#enter());
  }

  show(state) {
    const { open, settled, chat, number, entered } = state.letters;
    const who = state.customers.find((person) => person.phone === state.customer).name;
    for (const [name, text] of [["who", who], ["number", number], ["shop", state.name]]) {
      for (const node of this.#root.querySelectorAll(`[data-${name}]`)) node.textContent = text;
    }
    const enter = this.#root.querySelector("[data-enter]");
    enter.disabled = entered;
    enter.textContent = entered ? "Entered" : "Enter the number";
    for (const opener of this.#counts) {
      const count = opener.querySelector("[data-count]");
      if (count) { count.hidden = open.length === 0; count.textContent = String(open.length); }
      else if (open.length) opener.dataset.news = "";
      else delete opener.dataset.news;
    }
    this.#draw("open", open, (letter) => this.#row(letter));
    this.#draw("settled", settled, (letter) => el("li", { class: "letter end" }, this.#head(letter), el("p", {}, el("b", {}, letter.because ? "Dismissed: " : "Replayed"), letter.because ?? "")));
    this.#draw("lines", chat, (line) => el("li", { class: line.me ? "me" : null }, line.text));
    this.#root.querySelector("[data-after]").hidden = chat.every((line) => line.me);
    this.#root.querySelector("[data-done]").hidden = settled.length === 0;
  }

  /** Draws a list anew only where it has changed, so that what is being typed stays. */
  #draw(name, items, row) {
    const list = this.#root.querySelector(`[data-${name}]`);
    const key = JSON.stringify(items);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    const known = this.#rows.get(name) ?? new Map();
    const rows = new Map(items.map((item) => [item.id, name === "open" && known.get(item.id) || row(item)]));
    this.#rows.set(name, rows);
    list.replaceChildren(...rows.values());
    if (name === "open" && items.length === 0) list.append(el("li", { class: "none" }, "Nothing waits. Make one above."));
  }

  #head(letter) {
    return el("p", { class: "what" }, el("b", {}, SOURCES[letter.source] ?? letter.source), ` ${letter.at} · ${letter.words ? `“${letter.words}”` : "a callback about KSh 500"}`);
  }

  #row(letter) {
    const why = el("input", { type: "text", maxlength: "500", required: true, list: "letters-why", placeholder: "Why does it need nothing more?", "aria-label": "Reason" });
    const form = el("form", { class: "row", hidden: true, onsubmit: (event) => { event.preventDefault(); this.#end("dismiss", { id: letter.id, reason: why.value }); } },
      why, el("datalist", { id: "letters-why" }, ...REASONS.map((reason) => el("option", { value: reason }))), el("button", { type: "submit", class: "go" }, "Dismiss it"));
    return el("li", { class: "letter", "data-source": letter.source },
      this.#head(letter),
      el("p", { class: "why" }, letter.reason),
      el("details", {}, el("summary", {}, "The whole body"), el("pre", { tabindex: "0" }, letter.raw)),
      el("p", { class: "row" },
        el("button", { type: "button", class: "go", "data-replay": true, onclick: () => this.#end("replay", { id: letter.id }) }, "Replay"),
        el("button", { type: "button", class: "quiet", "data-dismiss": true, onclick: () => { form.hidden = !form.hidden; if (!form.hidden) why.focus(); } }, "Dismiss …")),
      form);
  }

  async #make(what) {
    const { tenant, customer } = this.#asked();
    const made = await act("letters", { what, tenant, customer, ...(what === "message" ? { text: this.#words() } : {}) });
    const entered = this.#root.querySelector("[data-enter]").disabled;
    this.#tell(!made ? "That did not get through." : what === "message" && entered ? "The number is known now: it was answered like any other." : "Sent, and answered with 200. It could not be handled, so it waits below.");
  }

  async #enter() {
    const done = await act("enter", { tenant: this.#asked().tenant });
    this.#tell(done ? "The number is entered. Replay the letter: it goes the way that it should have gone." : "That did not get through.");
  }

  async #end(how, body) {
    const end = await ask(how, body);
    if (end === null) this.#tell("That did not get through.");
    else if (!end.taken) this.#tell(how === "replay" ? `It still can't be handled: ${end.detail}.` : `Not dismissed: ${end.detail}.`, "bad");
    else this.#tell(how === "replay" ? "Replayed: it was taken as if it had just come, once." : "Dismissed. The reason is kept with it.");
  }

  #tell(text, mood = "good") {
    const told = this.#root.querySelector("[data-told]");
    told.textContent = text;
    told.dataset.mood = mood;
  }
}
