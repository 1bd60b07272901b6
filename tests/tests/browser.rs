//! The web widget and the demo's page in a real browser. Where no Chromium is installed these tests are left out, and say so.

mod devtools;
mod letters;

use ratiba_server::config::{Program, Settings, Source};
use ratiba_server::run::{Running, start};
use serde_json::{Value, json};

use self::devtools::Browser;

/// Waits in the page, without polling, until `check()` gives something; `root` is the widget's shadow root.
const UNTIL: &str = r"
const root = () => document.querySelector('ratiba-chat').shadowRoot;
const until = (check) => new Promise((done) => {
  const look = () => { let found; try { found = check(); } catch { return; } if (found) { observer.disconnect(); done(found); } };
  const observer = new MutationObserver(look);
  const watch = (node) => observer.observe(node, { subtree: true, childList: true, characterData: true, attributes: true });
  watch(document);
  const host = document.querySelector('ratiba-chat');
  if (host) watch(host.shadowRoot);
  look();
});
const bubbles = (kind) => [...root().querySelectorAll('.m.' + kind + ' p')].map((p) => p.textContent);
const say = (text) => { const input = root().querySelector('input'); input.value = text; root().querySelector('form').requestSubmit(); };
";

async fn demo() -> Running {
    let pairs = [
        ("RATIBA_ADDR", "127.0.0.1:0"),
        ("RATIBA_CLOCK", "2026-11-23T09:00:00+03:00"),
        ("RATIBA_LOG", "error"),
    ];
    let pairs = pairs.map(|(k, v)| (k.to_owned(), v.to_owned()));
    let settings = Settings::check(Program::Demo, &Source::new(pairs, None)).unwrap();
    start(Program::Demo, &settings).await.unwrap()
}

async fn run(browser: &mut Browser, body: &str) -> Value {
    browser.evaluate(&format!("(async () => {{ {UNTIL} {body} }})()")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_books_comes_back_and_goes_on_elsewhere() {
    let Some(mut browser) = Browser::open().await else { return };
    let server = demo().await;
    browser.visit(&format!("{}/w/demo-barbershop", server.url)).await;
    let asked = run(
        &mut browser,
        "await until(() => root().querySelector('small').textContent === '');
         say('Hi, I want to book a haircut tomorrow at 3pm');
         await until(() => bubbles('a').length === 1 && !root().querySelector('.wait'));
         return { asks: bubbles('a')[0], tel: root().querySelector('input').inputMode };",
    )
    .await;
    assert!(asked["asks"].as_str().unwrap().contains("number"), "{asked}");
    assert_eq!(asked["tel"], "tel");
    let confirm = run(
        &mut browser,
        "say('0712 345 678');
         await until(() => bubbles('a').length === 2);
         return [...root().querySelectorAll('.c button')].map((it) => it.textContent);",
    )
    .await;
    assert_eq!(confirm.as_array().unwrap().len(), 2, "{confirm}");

    // The same page again: everything is there, nothing is asked anew.
    browser.visit(&format!("{}/w/demo-barbershop?again", server.url)).await;
    let back =
        run(&mut browser, "await until(() => bubbles('a').length === 2); return bubbles('v');")
            .await;
    assert_eq!(back, json!(["Hi, I want to book a haircut tomorrow at 3pm", "0712 345 678"]));

    // Another device: nothing in its storage but what the link brings, and the address keeps no secret.
    let token = run(&mut browser, "return localStorage.getItem('ratiba:demo-barbershop');").await;
    let link = format!("{}/w/demo-barbershop?other#resume={}", server.url, token.as_str().unwrap());
    run(&mut browser, "localStorage.clear(); return true;").await;
    browser.visit(&link).await;
    let elsewhere = run(
        &mut browser,
        "await until(() => bubbles('a').length === 2); return { said: bubbles('v').length, hash: location.hash };",
    )
    .await;
    assert_eq!(elsewhere, json!({ "said": 2, "hash": "" }));
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_offline_is_kept_over_a_reload_and_sent_once() {
    let Some(mut browser) = Browser::open().await else { return };
    let server = demo().await;
    let page = format!("{}/w/demo-dental", server.url);
    browser.visit(&page).await;
    run(
        &mut browser,
        "await until(() => root().querySelector('small').textContent === ''); return true;",
    )
    .await;
    browser.offline(true).await;
    let waiting = run(
        &mut browser,
        "await until(() => root().querySelector('small').textContent.includes('offline'));
         say('What are your opening hours?');
         return { status: root().querySelector('small').textContent, kept: JSON.parse(localStorage.getItem('ratiba:demo-dental:unsent')).length };",
    )
    .await;
    assert_eq!(waiting["kept"], 1, "{waiting}");
    browser.offline(false).await;
    browser.visit(&format!("{page}?again")).await;
    let sent = run(
        &mut browser,
        "const kept = () => JSON.parse(localStorage.getItem('ratiba:demo-dental:unsent')).length;
         await until(() => bubbles('a').length >= 1 && !root().querySelector('.wait') && kept() === 0);
         return { said: bubbles('v'), kept: kept() };",
    )
    .await;
    assert_eq!(sent, json!({ "said": ["What are your opening hours?"], "kept": 0 }));
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_wears_the_businesss_colour_and_can_be_read_aloud() {
    let Some(mut browser) = Browser::open().await else { return };
    let server = demo().await;
    browser.visit(&format!("{}/w/demo-salon", server.url)).await;
    let seen = run(
        &mut browser,
        "await until(() => root().querySelector('header'));
         const style = getComputedStyle(root().querySelector('header'));
         const named = [...root().querySelectorAll('button, input')].filter((it) => !it.hidden).every((it) => it.getAttribute('aria-label') || it.textContent.trim());
         const log = root().querySelector('[role=log]');
         return { paint: style.backgroundColor, ink: style.color, named, live: log.getAttribute('aria-live'), label: Boolean(log.getAttribute('aria-label')), dir: root().querySelector('header span').dir, outside: document.querySelector('style') === null };",
    )
    .await;
    let expected = json!({ "paint": "rgb(138, 47, 95)", "ink": "rgb(255, 255, 255)", "named": true,
        "live": "polite", "label": true, "dir": "auto", "outside": true });
    assert_eq!(seen, expected);
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_one_business_on_every_channel() {
    let Some(mut browser) = Browser::open().await else { return };
    let server = demo().await;
    browser.visit(&format!("{}/demo", server.url)).await;
    for channel in ["whatsapp", "instagram", "messenger"] {
        let answer = browser
            .evaluate(&format!(
                "(async () => {{
                   const until = (check) => new Promise((done) => {{
                     const look = () => {{ let found; try {{ found = check(); }} catch {{ return; }} if (found) {{ observer.disconnect(); done(found); }} }};
                     const observer = new MutationObserver(look);
                     observer.observe(document, {{ subtree: true, childList: true, characterData: true, attributes: true }});
                     look();
                   }});
                   (await until(() => document.querySelector('[data-face={channel}]'))).click();
                   const phone = document.querySelector('#customer-phone');
                   await until(() => phone.dataset.face === '{channel}' && phone.querySelector('.empty'));
                   phone.querySelector('input').value = 'Bei ya kunyoa ni ngapi?';
                   phone.querySelector('form').requestSubmit();
                   return (await until(() => phone.querySelector('.msg:not(.me) .bubble'))).textContent;
                 }})()"
            ))
            .await;
        assert!(answer.as_str().unwrap().contains("500"), "{channel}: {answer}");
    }
    server.stop().await.unwrap();
}
