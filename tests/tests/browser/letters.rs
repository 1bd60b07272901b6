//! Dead letters on the demo's page: made, replayed, dismissed, on a desk's screen and on a phone's.

use serde_json::{Value, json};

use super::demo;
use super::devtools::Browser;

/// `letters` is the sheet; `until(check)` waits in the page, without polling.
const PAGE: &str = r"
const until = (check) => new Promise((done) => {
  const look = () => { let found; try { found = check(); } catch { return; } if (found) { observer.disconnect(); done(found); } };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
});
const letters = document.querySelector('#letters');
const one = (path) => letters.querySelector(path);
const texts = (path) => [...letters.querySelectorAll(path)].map((it) => it.textContent);
const told = (words) => until(() => one('[data-told]').textContent.includes(words) && one('[data-told]').textContent);
const fits = () => document.documentElement.scrollWidth <= innerWidth && one('.letters-body').scrollWidth <= one('.letters-body').clientWidth;
";

async fn run(browser: &mut Browser, body: &str) -> Value {
    browser.evaluate(&format!("(async () => {{ {PAGE} {body} }})()")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_makes_dead_letters_and_replays_and_dismisses_them() {
    let Some(mut browser) = Browser::open().await else { return };
    let server = demo().await;
    browser.screen(1440, 900).await;
    browser.visit(&format!("{}/demo", server.url)).await;
    let waits = run(
        &mut browser,
        "await until(() => document.querySelector('#tenants button'));
         document.querySelector('[data-lang=en]').click();
         document.querySelector('.pile-open').click();
         await until(() => one('.none'));
         one('[data-make=message]').click();
         await until(() => one('[data-open] .letter'));
         const badge = document.querySelector('.pile-open [data-count]');
         return { open: letters.open, reason: one('.letter .why').textContent, count: badge.textContent, fits: fits() };",
    )
    .await;
    let expected = json!({ "open": true, "reason": "no tenant is registered for the account", "count": "1", "fits": true });
    assert_eq!(waits, expected);
    browser.picture("letters-desk-waiting").await;

    // Replayed too early it says why, and stays.
    let early =
        run(&mut browser, "one('[data-replay]').click(); return await told(\"still can't\");");
    assert!(early.await.as_str().unwrap().contains("no tenant is registered"));
    // Once the number is entered, the very same letter becomes a turn: an answer, and a hold in the diary.
    let replayed = run(
        &mut browser,
        "const before = document.querySelectorAll('.slot.held').length;
         one('[data-enter]').click();
         await until(() => one('[data-enter]').disabled);
         one('[data-replay]').click();
         await told('Replayed');
         await until(() => texts('[data-lines] li').length === 2);
         await until(() => document.querySelectorAll('.slot.held').length === before + 1);
         await until(() => one('[data-settled] .letter'));
         return { lines: texts('[data-lines] li'), open: texts('[data-open] .letter').length, end: one('[data-settled] .letter b').parentElement.parentElement.textContent };",
    )
    .await;
    let lines = replayed["lines"].as_array().unwrap();
    assert_eq!(lines[0], "Hi, I want to book a haircut tomorrow at 3pm");
    assert!(lines[1].as_str().unwrap().contains("Haircut"), "{replayed}");
    assert_eq!(replayed["open"], 0);
    assert!(replayed["end"].as_str().unwrap().contains("Replayed"), "{replayed}");
    browser.picture("letters-desk-replayed").await;

    // On a phone: the fourth tab opens the same sheet over the whole screen.
    browser.screen(390, 844).await;
    let money = run(
        &mut browser,
        "one('[data-close]').click();
         document.querySelector('#tabs [data-letters]').click();
         one('[data-make=payment]').click();
         await until(() => one('[data-open] .letter'));
         one('[data-replay]').click();
         const refused = await told(\"still can't\");
         return { refused, wide: letters.getBoundingClientRect().width, fits: fits(), news: 'news' in document.querySelector('#tabs [data-letters]').dataset };",
    )
    .await;
    assert!(money["refused"].as_str().unwrap().contains("callback token"), "{money}");
    assert_eq!(
        (&money["wide"], &money["fits"], &money["news"]),
        (&json!(390), &json!(true), &json!(true))
    );
    browser.picture("letters-phone-waiting").await;
    let dismissed = run(
        &mut browser,
        "one('[data-dismiss]').click();
         one('.letter form input').value = 'Paid back by hand';
         one('.letter form').requestSubmit();
         await told('Dismissed');
         await until(() => one('.none') && texts('[data-settled] .letter').length === 2);
         one('[data-done]').scrollIntoView();
         return { settled: texts('[data-settled] .letter'), fits: fits() };",
    )
    .await;
    assert!(dismissed["settled"][0].as_str().unwrap().contains("Dismissed: Paid back by hand"));
    assert_eq!(dismissed["fits"], true);
    browser.picture("letters-phone-settled").await;
    server.stop().await.unwrap();
}
