// The till below the diary: what came in today, what is being waited for, what each message cost.
import { el, money } from "./dom.js";

const WORDS = { charged: "in", refunded: "given back", reversed: "reversed", fee: "fee" };

export class Till {
  #root; #shown = {};

  constructor(root) {
    this.#root = root;
  }

  show(till) {
    const key = JSON.stringify(till);
    if (this.#root.dataset.key === key) return;
    this.#root.dataset.key = key;
    const sum = (name, label, value) => {
      const bump = name in this.#shown && this.#shown[name] !== value;
      this.#shown[name] = value;
      return el("div", { class: "sum" }, el("small", {}, label), el("b", { class: bump ? "bump" : null }, value));
    };
    const entries = till.entries.slice(-5).reverse().map((entry) => el("li", { "data-what": entry.what }, el("b", {}, money(entry.amount)), ` ${WORDS[entry.what] ?? entry.what}${entry.receipt ? ` · ${entry.receipt}` : ""}`));
    this.#root.replaceChildren(
      sum("in", "By M-Pesa today", money(till.collected)),
      sum("wait", "Being asked for", money(till.waiting)),
      sum("cost", "Messages sent", String(till.messages)),
      el("div", { class: "flow" }, el("small", {}, "The ledger"), entries.length ? el("ol", {}, ...entries) : el("small", {}, "The first payment will stand here.")),
    );
  }
}
