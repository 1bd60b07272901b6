// What M-Pesa shows on the customer's phone: the prompt for a PIN, and the message when money has moved.
import { act, el, money } from "./dom.js";

const SPECIAL = { "0000": "wrong_pin", "9999": "no_money" };

export class Prompt {
  #phone; #shown = null; #ignored = new Set(); #receipts = null;

  constructor(phone) {
    this.#phone = phone;
  }

  /** Shows the newest open prompt, takes away one that has ended. */
  show(prompts) {
    const open = prompts.filter((prompt) => !this.#ignored.has(prompt.id)).at(-1);
    if (this.#shown && this.#shown.id !== open?.id) this.#close();
    if (open && !this.#shown) this.#open(open);
    if (open && this.#shown) this.#burn(open);
  }

  /** Tells of money that has moved since the last look at this customer. */
  receipts(key, entries) {
    const mine = entries.filter((entry) => entry.mine);
    const known = this.#receipts?.key === key ? this.#receipts.ids : null;
    const fresh = known ? mine.filter((entry) => !known.has(entry.id)) : [];
    this.#receipts = { key, ids: new Set(mine.map((entry) => entry.id)) };
    const entry = fresh.at(-1);
    if (!entry) return;
    const receipt = entry.receipt ? `${entry.receipt} ` : "";
    const text = entry.what === "charged"
      ? `${receipt}Confirmed. ${money(entry.amount)} sent to ${entry.business.toUpperCase()}.`
      : `${receipt}Confirmed. ${money(entry.amount)} from ${entry.business.toUpperCase()} has been returned to you.`;
    const banner = el("div", { class: "sms", role: "status" }, el("b", {}, "M-PESA"), text);
    this.#phone.root.append(banner);
    setTimeout(() => banner.remove(), 6000);
  }

  #open(prompt) {
    const pin = el("input", { type: "password", inputmode: "numeric", pattern: "[0-9]{4}", maxlength: "4", autocomplete: "off", "aria-label": "M-PESA PIN", name: "pin" });
    const send = el("button", { value: "send", disabled: true }, "Send");
    const hint = el("div", { class: "hint" }, "Any four digits work here. 0000 is a wrong PIN, 9999 an empty account.");
    const left = el("small");
    const fuse = el("i");
    pin.addEventListener("input", () => { pin.value = pin.value.replace(/\D/g, ""); send.disabled = pin.value.length < 4; });
    const form = el("form", { onsubmit: (event) => { event.preventDefault(); this.#answer(prompt, event.submitter?.value ?? "send", pin.value); } },
      el("h4", {}, "M-PESA", left),
      el("p", {}, `Do you want to pay ${money(prompt.amount)} to ${prompt.business.toUpperCase()}? Account no. ${prompt.reference}. Enter your M-PESA PIN:`),
      pin, hint,
      el("div", { class: "fuse" }, fuse),
      el("div", { class: "acts" },
        el("button", { type: "button", value: "ignore", onclick: () => this.#answer(prompt, "ignore") }, "Ignore it"),
        el("button", { type: "button", value: "cancel", onclick: () => this.#answer(prompt, "cancel") }, "Cancel"),
        send));
    const node = el("div", { class: "veil stk", role: "dialog", "aria-modal": "true", "aria-label": "M-PESA asks for your PIN" }, form);
    this.#phone.closeDrawer();
    this.#phone.root.append(node);
    this.#shown = { id: prompt.id, node, fuse, left };
    pin.focus({ preventScroll: true });
  }

  #burn(prompt) {
    const { fuse, left } = this.#shown;
    left.textContent = prompt.seconds_left > 0 ? `${prompt.seconds_left} s` : "";
    fuse.style.transform = `scaleX(${Math.max(0, prompt.seconds_left / prompt.seconds)})`;
  }

  async #answer(prompt, what, pin = "") {
    this.#ignored.add(prompt.id);
    this.#close();
    const answer = what === "send" ? (SPECIAL[pin] ?? "right_pin") : what;
    await act("pin", { prompt: prompt.id, answer });
  }

  #close() {
    this.#shown?.node.remove();
    this.#shown = null;
  }
}
