/* Ratiba web widget. One tag:
 *   <script src="https://book.example.co.ke/widget.js" data-business="slug" async></script>
 * Optional: data-lang="sw" | "en" (else the browser's), data-title, data-color="#1f4d3a" (the business's own colour), data-open (open at
 * once), data-inline (fills its parent instead of floating).
 * It keeps one token and what could not be sent yet in localStorage, shows text as text, and goes on where it stopped after every loss of
 * connection. The link that it gives out on request carries the conversation to another device. */
(() => {
  "use strict";
  const tag = document.currentScript;
  const slug = tag?.dataset.business;
  if (!slug || customElements.get("ratiba-chat")) return;

  const WORDS = {
    en: { open: "Book by chat", close: "Close", write: "Write a message", send: "Send", away: "Connecting…", hello: "Ask for a time, a price, anything.", log: "Conversation", typing: "is writing", failed: "Not sent. It will be tried again.", long: "That message is too long.", chat: "Chat with", offline: "You are offline. What you write is sent when you are back.", move: "Continue on another device", moved: "Link copied. Open it on your other device; keep it to yourself." },
    sw: { open: "Weka nafasi kwa chat", close: "Funga", write: "Andika ujumbe", send: "Tuma", away: "Inaunganisha…", hello: "Uliza nafasi, bei, chochote.", log: "Mazungumzo", typing: "anaandika", failed: "Haijatumwa. Itajaribiwa tena.", long: "Ujumbe huo ni mrefu mno.", chat: "Ongea na", offline: "Huna mtandao. Utakachoandika kitatumwa ukirudi.", move: "Endelea kwenye kifaa kingine", moved: "Kiungo kimenakiliwa. Kifungue kwenye kifaa chako kingine; usimpe mtu." },
  };
  const language = tag.dataset.lang || (navigator.language || "en").slice(0, 2);
  const t = WORDS[language] || WORDS.en;
  const origin = new URL(tag.src, location.href).origin;
  const title = tag.dataset.title || "";
  const inline = "inline" in tag.dataset;
  const KEY = `ratiba:${slug}`, UNSENT = `${KEY}:unsent`, MOST_UNSENT = 50;
  const PING_MS = 25_000, SILENCE_MS = 60_000, SLOWEST_MS = 30_000;

  const CSS = `
:host { --brand: #1f4d3a; --brand-ink: #fff; --paper: #f6f1e8; --card: #fff; --mine: #dcf4cf; --ink: #2a211b; --soft: #6d5e51; --line: #e2d7c5; --link: #0c6a86; all: initial; font: 16px/1.4 "Avenir Next", Avenir, "Segoe UI", Ubuntu, "Noto Sans", Roboto, Helvetica, Arial, sans-serif; color: var(--ink); }
@media (prefers-color-scheme: dark) { :host { --brand: #2c6b51; --paper: #191613; --card: #2a2521; --mine: #1d4a37; --ink: #f3ece2; --soft: #b8aa99; --line: #3d352e; --link: #7fd0e6; } }
* { box-sizing: border-box; } button, input { font: inherit; color: inherit; } button { cursor: pointer; }
:focus-visible { outline: 3px solid #f0a93b; outline-offset: 2px; }
.launch { position: fixed; right: 18px; bottom: 18px; z-index: 2147483000; display: flex; gap: 9px; align-items: center; border: 0; border-radius: 99px; padding: 13px 20px; background: var(--brand); color: var(--brand-ink); font-weight: 600; box-shadow: 0 10px 30px -8px rgb(0 0 0 / 50%); }
.launch svg { width: 21px; height: 21px; fill: none; stroke: #f0a93b; stroke-width: 2; stroke-linejoin: round; }
.panel { position: fixed; right: 18px; bottom: 18px; z-index: 2147483000; width: min(384px, calc(100vw - 24px)); height: min(640px, calc(100dvh - 36px)); display: flex; flex-direction: column; border-radius: 20px; overflow: hidden; background: var(--paper); box-shadow: 0 24px 60px -16px rgb(0 0 0 / 55%); }
:host([inline]) { display: block; height: 100%; } :host([inline]) .panel { position: static; width: 100%; height: 100%; border-radius: inherit; box-shadow: none; }
[hidden] { display: none !important; }
header { display: flex; align-items: center; gap: 10px; padding: 12px 16px; background: var(--brand); color: var(--brand-ink); }
header b { flex: 1; font-size: 17px; } header small { display: block; font-weight: 400; font-size: 12.5px; opacity: .85; min-height: 1.3em; }
header svg { width: 19px; height: 19px; fill: none; stroke: currentColor; stroke-width: 1.8; } header button { border: 0; background: none; color: inherit; font-size: 20px; line-height: 1; padding: 6px; border-radius: 8px; }
.log { flex: 1; overflow-y: auto; padding: 14px 12px; display: flex; flex-direction: column; gap: 4px; overscroll-behavior: contain; }
.log > :first-child { margin-top: auto; }
.hint { text-align: center; color: var(--soft); padding: 12px; }
.m { max-width: 86%; align-self: flex-start; animation: in .22s both; } .m.v { align-self: flex-end; }
.m p { margin: 0; padding: 8px 12px; border-radius: 4px 15px 15px; background: var(--card); white-space: pre-wrap; overflow-wrap: anywhere; box-shadow: 0 1px 1px rgb(0 0 0 / 12%); font-size: 15px; }
.m.v p { background: var(--mine); border-radius: 15px 4px 15px 15px; } .m.wait p { opacity: .6; }
.c { display: grid; gap: 4px; margin-top: 4px; }
.c button, .c a { border: 1px solid var(--line); border-radius: 12px; background: var(--card); padding: 9px 12px; color: var(--link); font-weight: 600; font-size: 14.5px; text-align: center; text-decoration: none; }
.c button small { display: block; font-weight: 400; color: var(--soft); font-size: 12.5px; }
.c button:hover:not(:disabled) { border-color: var(--link); } .c button:disabled { opacity: .5; cursor: default; }
.dots { align-self: flex-start; display: flex; gap: 4px; padding: 12px 14px; border-radius: 4px 15px 15px; background: var(--card); }
.dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--soft); animation: bob 1.1s infinite; } .dots i:nth-child(2) { animation-delay: .15s; } .dots i:nth-child(3) { animation-delay: .3s; }
form { display: flex; gap: 8px; padding: 8px 10px 12px; background: var(--paper); border-top: 1px solid var(--line); }
form input { flex: 1; min-width: 0; border: 1px solid var(--line); border-radius: 22px; background: var(--card); padding: 10px 15px; }
form button { flex: none; width: 44px; height: 44px; border: 0; border-radius: 50%; background: var(--brand); display: grid; place-items: center; } form svg { width: 20px; height: 20px; fill: #fff; }
@keyframes in { from { opacity: 0; transform: translateY(6px); } } @keyframes bob { 30% { transform: translateY(-4px); } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }`;

  const el = (name, props, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(props || {})) key.startsWith("on") ? node.addEventListener(key.slice(2), value) : node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const draw = (viewBox, d) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", viewBox); svg.setAttribute("aria-hidden", "true"); path.setAttribute("d", d); svg.append(path);
    return svg;
  };
  const memory = {
    read(key = KEY) { try { return localStorage.getItem(key); } catch { return null; } },
    write(value, key = KEY) { try { localStorage.setItem(key, value); } catch { /* private mode: the visitor is new next time */ } },
    unsent() { try { const kept = JSON.parse(memory.read(UNSENT) || "[]"); return Array.isArray(kept) ? kept.filter((it) => typeof it?.text === "string" && it.frame?.client_id).slice(-MOST_UNSENT) : []; } catch { return []; } },
  };
  // A conversation that was carried here from another device, on our own page only; the address is cleaned at once.
  const carried = inline && location.origin === origin && /^#resume=(v1\.[0-9a-f]{32}\.\d+\.[0-9a-f]{64})$/.exec(location.hash);
  if (carried) { memory.write(carried[1]); history.replaceState(null, "", location.pathname + location.search); }
  /** White or dark, whichever reads better on a colour (WCAG 2.2, relative luminance). */
  const inkOn = (color) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#1c1612" : "#ffffff";
  };
  const safe = (url) => { try { const u = new URL(url); return u.protocol === "https:" || u.protocol === "http:" ? u.href : null; } catch { return null; } };
  const freshId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

  class Chat extends HTMLElement {
    #socket = null; #token = memory.read(); #last = null; #shown = new Set(); #unsent = new Map(); #tries = 0; #heard = 0; #beat = 0; #choices = []; #dots = null; #dotsTimer = 0; #ready = false;

    connectedCallback() {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
      const color = tag.dataset.color || "";
      if (/^#[0-9a-fA-F]{6}$/.test(color)) { this.style.setProperty("--brand", color); this.style.setProperty("--brand-ink", inkOn(color)); }
      this.status = el("small", { role: "status" }, "");
      this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": t.log, tabindex: "0" }, el("div", { class: "hint" }, t.hello));
      this.input = el("input", { type: "text", "aria-label": t.write, placeholder: t.write, maxlength: "4096", autocomplete: "off", enterkeyhint: "send" });
      this.move = el("button", { type: "button", "aria-label": t.move, title: t.move, onclick: () => this.#carry() }, draw("0 0 24 24", "M8 2h8a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zM11 18.5h2"));
      this.move.hidden = true;
      this.close = el("button", { type: "button", "aria-label": t.close, onclick: () => this.toggle(false) }, "✕");
      this.panel = el("section", { class: "panel", role: "dialog", "aria-label": `${t.chat} ${title || slug}` },
        el("header", {}, el("b", {}, el("span", { dir: "auto" }, title || t.open), this.status), this.move, this.close), this.log,
        el("form", { onsubmit: (event) => { event.preventDefault(); this.say(this.input.value); this.input.value = ""; } }, this.input, el("button", { "aria-label": t.send }, draw("0 0 24 24", "M3 20.5 21 12 3 3.5V10l11 2-11 2z"))));
      this.launch = el("button", { class: "launch", type: "button", "aria-expanded": "false", onclick: () => this.toggle(true) }, draw("0 0 24 24", "M4 5h16v11H9l-5 4z"), t.open);
      root.append(this.panel, this.launch);
      if (inline) { this.setAttribute("inline", ""); this.close.hidden = true; }
      this.panel.addEventListener("keydown", (event) => { if (event.key === "Escape" && !inline) this.toggle(false); });
      addEventListener("online", () => { this.#tries = 0; this.connect(); });
      addEventListener("offline", () => { this.status.textContent = t.offline; this.#socket?.close(); });
      // What could not be sent before the page went away; the server knows a repetition by its id.
      for (const { frame, text } of memory.unsent()) this.#unsent.set(frame.client_id, { frame, text, node: null });
      this.toggle(inline || "open" in tag.dataset, true);
    }

    toggle(open, quietly) {
      this.panel.hidden = !open;
      this.launch.hidden = open;
      this.launch.setAttribute("aria-expanded", String(open));
      if (open) { this.connect(); if (!quietly) this.input.focus(); } else if (!quietly) this.launch.focus();
    }

    connect() {
      if (this.panel.hidden || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return;
      if (navigator.onLine === false) { this.status.textContent = t.offline; return; }
      this.status.textContent = t.away;
      const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/api/v1/widget/${encodeURIComponent(slug)}/ws`);
      this.#socket = socket;
      socket.onopen = () => { this.#heard = Date.now(); this.#send({ type: "hello", token: this.#token, last_id: this.#last }); };
      socket.onmessage = (event) => { this.#heard = Date.now(); this.#take(JSON.parse(event.data)); };
      socket.onclose = () => this.#lost(socket);
      clearInterval(this.#beat);
      this.#beat = setInterval(() => {
        if (Date.now() - this.#heard > SILENCE_MS) socket.close(); else this.#send({ type: "ping" });
      }, PING_MS);
    }

    #lost(socket) {
      if (socket !== this.#socket) return;
      clearInterval(this.#beat);
      this.#ready = false;
      this.status.textContent = navigator.onLine === false ? t.offline : t.away;
      // Waits longer each time, and never in step with everybody else who was cut off.
      const wait = Math.min(SLOWEST_MS, 500 * 2 ** this.#tries++) * (0.5 + Math.random() / 2);
      setTimeout(() => this.connect(), wait);
    }

    #send(frame) {
      if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
    }

    #take(frame) {
      if (frame.type === "welcome") {
        this.#tries = 0;
        this.#ready = true;
        this.#token = frame.token;
        memory.write(frame.token);
        this.status.textContent = "";
        const said = frame.history.map((message) => ({ ...message, node: this.#show(message) })).filter((it) => it.by === "visitor");
        this.move.hidden = !navigator.clipboard;
        for (const held of this.#unsent.values()) {
          // It may have arrived just before the page went away: then it stands in the history, and only the answer to it was missed.
          const there = held.node ? -1 : said.findLastIndex((it) => it.node && it.text === held.text);
          held.node ??= there < 0 ? this.#bubble("v wait", held.text) : said.splice(there, 1)[0].node;
          this.#send(held.frame);
        }
      } else if (frame.type === "message") {
        this.#typing(false);
        this.#show(frame);
      } else if (frame.type === "typing") {
        this.#typing(true);
      } else if (frame.type === "ack") {
        this.#settle(frame.client_id)?.classList.remove("wait");
      } else if (frame.type === "error") {
        if (frame.code === "try_again" || frame.code === "too_fast") {
          this.status.textContent = t.failed;
          const held = this.#unsent.get(frame.client_id);
          if (held) setTimeout(() => this.#send(held.frame), 3000);
        } else if (frame.client_id) {
          this.#settle(frame.client_id)?.remove();
          this.status.textContent = frame.code === "too_long" ? t.long : "";
        }
      }
    }

    #settle(id) {
      const held = this.#unsent.get(id);
      this.#unsent.delete(id);
      this.#keep();
      return held?.node;
    }

    /** Remembers what is not sent yet, for after a reload. */
    #keep() {
      memory.write(JSON.stringify([...this.#unsent.values()].slice(-MOST_UNSENT).map(({ frame, text }) => ({ frame, text }))), UNSENT);
    }

    /** Copies the link that carries this conversation to another device. */
    async #carry() {
      try {
        await navigator.clipboard.writeText(`${origin}/w/${encodeURIComponent(slug)}#resume=${this.#token}`);
        this.status.textContent = t.moved;
      } catch { this.move.hidden = true; }
    }

    say(text) {
      if (text.trim()) this.#put({ type: "say", client_id: freshId(), text }, text);
    }

    #put(frame, text) {
      const node = this.#bubble("v wait", text);
      for (const button of this.#choices) button.disabled = true;
      this.#unsent.set(frame.client_id, { frame, text, node });
      this.#keep();
      if (this.#ready) this.#send(frame); else this.connect();
    }

    #bubble(kind, text) {
      this.log.querySelector(".hint")?.remove();
      const node = el("div", { class: `m ${kind}` }, el("p", { dir: "auto" }, text));
      this.log.append(node);
      this.log.scrollTop = this.log.scrollHeight;
      return node;
    }

    #show(message) {
      if (this.#shown.has(message.id)) return null;
      this.#shown.add(message.id);
      this.#last = message.id;
      // What the visitor said in this window stands there already; after a reload it comes from the history.
      if (message.by === "visitor" && this.#echo(message.text)) return null;
      const node = this.#bubble(message.by === "visitor" ? "v" : "a", message.text);
      if (message.by === "visitor") return node;
      for (const button of this.#choices) button.disabled = true;
      this.#choices = [];
      const box = el("div", { class: "c" });
      for (const choice of message.choices || []) {
        const button = el("button", { type: "button", dir: "auto", onclick: () => this.#put({ type: "tap", client_id: freshId(), id: choice.id, title: choice.title }, choice.title) }, choice.title);
        if (choice.description) button.append(el("small", {}, choice.description));
        this.#choices.push(button);
        box.append(button);
      }
      const href = message.link && safe(message.link.url);
      if (href) box.append(el("a", { href, target: "_blank", rel: "noopener noreferrer" }, message.link.title));
      if (box.childElementCount) node.append(box);
      this.input.inputMode = message.asks_phone ? "tel" : "text";
      this.log.scrollTop = this.log.scrollHeight;
      return node;
    }

    #echo(text) {
      const mine = [...this.log.querySelectorAll(".m.v:not([data-known])")].find((node) => node.firstChild.textContent === text);
      if (mine) mine.dataset.known = "";
      return Boolean(mine);
    }

    #typing(on) {
      clearTimeout(this.#dotsTimer);
      if (on) {
        this.#dots ??= el("div", { class: "dots", role: "status", "aria-label": t.typing }, el("i"), el("i"), el("i"));
        this.log.append(this.#dots);
        this.log.scrollTop = this.log.scrollHeight;
        this.#dotsTimer = setTimeout(() => this.#typing(false), 20_000);
      } else {
        this.#dots?.remove();
      }
    }
  }

  customElements.define("ratiba-chat", Chat);
  const start = () => (inline ? tag.parentElement : document.body).append(document.createElement("ratiba-chat"));
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
