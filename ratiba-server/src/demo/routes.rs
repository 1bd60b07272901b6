//! The demo's page, its files, its feed and its actions.

use poem::endpoint::make_sync;
use poem::web::Redirect;
use poem::{EndpointExt as _, IntoResponse as _, Route, get, post};

use super::{actions, cards, feed, letters};
use crate::http::page::Embedded;

/// What the page may load: only itself and its own feed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FILES: [(&str, Embedded); 13] = [
    ("/demo", Embedded::html(include_str!("../../static/demo/index.html"), POLICY)),
    ("/demo/page.css", Embedded::style(include_str!("../../static/demo/page.css"))),
    ("/demo/phone.css", Embedded::style(include_str!("../../static/demo/phone.css"))),
    ("/demo/diary.css", Embedded::style(include_str!("../../static/demo/diary.css"))),
    ("/demo/letters.css", Embedded::style(include_str!("../../static/demo/letters.css"))),
    ("/demo/letters.js", Embedded::script(include_str!("../../static/demo/letters.js"))),
    ("/demo/main.js", Embedded::script(include_str!("../../static/demo/main.js"))),
    ("/demo/phone.js", Embedded::script(include_str!("../../static/demo/phone.js"))),
    ("/demo/prompt.js", Embedded::script(include_str!("../../static/demo/prompt.js"))),
    ("/demo/diary.js", Embedded::script(include_str!("../../static/demo/diary.js"))),
    ("/demo/till.js", Embedded::script(include_str!("../../static/demo/till.js"))),
    ("/demo/words.js", Embedded::script(include_str!("../../static/demo/words.js"))),
    ("/demo/dom.js", Embedded::script(include_str!("../../static/demo/dom.js"))),
];

/// Adds the demo to the server's routes.
pub(crate) fn add(route: Route) -> Route {
    let route = FILES.into_iter().fold(route, |route, (path, file)| {
        route.at(path, get(make_sync(move |_| file.into_response()).boxed()))
    });
    let home = make_sync(|_| Redirect::temporary("/demo").into_response());
    route
        .at("/", get(home))
        .at("/demo/feed", get(feed::feed))
        .at("/demo/say", post(actions::say))
        .at("/demo/owner", post(actions::owner))
        .at("/demo/pin", post(actions::pin))
        .at("/demo/clock", post(actions::clock))
        .at("/demo/letters", post(letters::make))
        .at("/demo/enter", post(letters::enter))
        .at("/demo/replay", post(letters::replay))
        .at("/demo/dismiss", post(letters::dismiss))
        .at(cards::PATH, get(cards::show).post(cards::pay))
}
