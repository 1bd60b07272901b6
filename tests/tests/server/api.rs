//! The REST API as its clients see it: who may, what is refused, and that no secret ever comes out.

use std::io::Read as _;

use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::message::Reply;
use ratiba_core::domain::route::Route;
use ratiba_core::ports::fault::FaultKind;
use ratiba_core::ports::outbox::{Attempt, OutboxItem, Outgoing};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Executor as _;

use super::{Around, OPERATOR, WANJIRU, answer, sign};
use crate::store::postgres::Fresh;

const BARBERSHOP: &str = "/api/v1/admin/demo-barbershop";

impl Around {
    /// Asks with a key; an empty one is not sent.
    pub(super) fn ask(&self, method: Method, path: &str, key: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, self.url(path));
        if key.is_empty() { request } else { request.bearer_auth(key) }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.ask(Method::GET, path, OPERATOR)).await
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.ask(method, path, OPERATOR).json(&body)).await
    }

    /// A new key to a tenant: its id and the key.
    pub(super) async fn key_to(&self, slug: &str) -> (String, String) {
        let path = format!("/api/v1/platform/tenants/{slug}/api-keys");
        let (status, made) = self.send(Method::POST, &path, json!({"label": "till"})).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        (text("id"), text("key"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_operators_key_opens_the_platform() {
    let around = Around::start().await;
    let (_, tenants) = around.key_to("demo-salon").await;
    for key in ["", "wrong", &tenants] {
        for path in [
            "/api/v1/platform/tenants",
            "/api/v1/platform/dead-letters",
            "/api/v1/platform/migrations",
        ] {
            let (status, problem) = answer(around.ask(Method::GET, path, key)).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{problem}");
            assert_eq!(problem["code"], "RTB-2015");
        }
    }
    let (status, tenants) = around.get("/api/v1/platform/tenants").await;
    assert_eq!((status, tenants.as_array().map(Vec::len)), (StatusCode::OK, Some(3)));
    assert_eq!(around.get("/api/v1/platform/nothing").await.1["code"], "RTB-2001");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_sees_how_far_every_schema_is() {
    let around = Around::start().await;
    let (status, shown) = around.get("/api/v1/platform/migrations").await;
    assert_eq!((status, &shown["up_to_date"]), (StatusCode::OK, &json!(true)), "{shown}");
    assert!(shown["registry"]["at"].as_u64().unwrap() >= 8, "{shown}");
    let tenants = shown["tenants"].as_array().unwrap();
    assert_eq!(tenants.len(), 3);
    assert!(tenants.iter().all(|one| one["at"] == one["newest"]), "{shown}");
    assert!(tenants.iter().any(|one| one["slug"] == "demo-salon"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_behind_is_seen_in_postgres() {
    let Some(fresh) = Fresh::empty().await else { return };
    let around = Around::with(&[("DATABASE_URL", &fresh.url)]).await;
    let back = "UPDATE public.tenant_schemas SET version = version - 1 WHERE schema_name = 'tenant_demo_salon'";
    fresh.behind().await.execute(back).await.unwrap();
    let (status, shown) = around.get("/api/v1/platform/migrations").await;
    assert_eq!((status, &shown["up_to_date"]), (StatusCode::OK, &json!(false)), "{shown}");
    assert_eq!(shown["registry"]["pending"], json!([]));
    let tenants = shown["tenants"].as_array().unwrap();
    let behind: Vec<&Value> = tenants.iter().filter(|one| one["at"] != one["newest"]).collect();
    assert_eq!(behind.len(), 1, "{shown}");
    assert_eq!(behind[0]["slug"], "demo-salon");
    assert_eq!(behind[0]["pending"].as_array().map(Vec::len), Some(1));
    around.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_lives_from_creation_to_deletion() {
    let around = Around::start().await;
    let wish = json!({
        "slug": "duka", "name": "Duka la Nywele", "vertical": "salon", "admins": ["0700 000 009"],
        "accounts": [{"channel": "whatsapp", "account": "777", "token": "secret-token"}],
        "merchants": [{"rail": "mpesa", "credentials": "{\"passkey\": \"secret-passkey\"}"}],
    });
    let tenants = "/api/v1/platform/tenants";
    let (status, made) = around.send(Method::POST, tenants, wish.clone()).await;
    assert_eq!((status, &made["slug"]), (StatusCode::CREATED, &json!("duka")), "{made}");
    let (status, problem) = around.send(Method::POST, tenants, wish).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("RTB-2016")));
    let wrong = json!({"slug": "No", "name": "", "vertical": "bakery"});
    let (status, problem) = around.send(Method::POST, tenants, wrong).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("RTB-2017")));
    let detail = problem["detail"].as_str().unwrap();
    assert!(["slug", "name", "vertical"].iter().all(|field| detail.contains(field)), "{detail}");

    let duka = "/api/v1/platform/tenants/duka";
    for (path, status) in [("suspend", "suspended"), ("resume", "active")] {
        let (_, shown) = around.send(Method::POST, &format!("{duka}/{path}"), json!({})).await;
        assert_eq!(shown["status"], status);
        assert_eq!(around.get(duka).await.1["status"], status);
    }
    let renew = json!({"token": "another-secret"});
    let (status, _) =
        around.send(Method::PUT, &format!("{duka}/accounts/whatsapp/777"), renew).await;
    assert_eq!(status, StatusCode::OK);
    let credentials = json!({"credentials": "not json"});
    let merchant = format!("{duka}/merchants/mpesa");
    assert_eq!(around.send(Method::PUT, &merchant, credentials).await.1["code"], "RTB-2017");
    let credentials = json!({"credentials": "{\"passkey\": \"third-secret\"}"});
    assert_eq!(around.send(Method::PUT, &merchant, credentials).await.0, StatusCode::OK);
    around.key_to("duka").await;
    for path in ["", "/accounts", "/api-keys"] {
        let (status, shown) = around.get(&format!("{duka}{path}")).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!shown.to_string().contains("secret"), "{shown}");
    }
    let (status, _) = around.send(Method::DELETE, duka, json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let (status, problem) = around.get(duka).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("RTB-2010")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_key_opens_that_tenant_alone_until_it_is_revoked() {
    let around = Around::start().await;
    let (id, key) = around.key_to("demo-barbershop").await;
    let ask = async |path: &str| answer(around.ask(Method::GET, path, &key)).await;
    let (status, business) = ask(&format!("{BARBERSHOP}/business")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(business["tenant"]["slug"], "demo-barbershop");
    // Another tenant is as one that does not exist.
    let (status, others) = ask("/api/v1/admin/demo-salon/business").await;
    let (unknown, nobodys) = ask("/api/v1/admin/no-such/business").await;
    assert_eq!((status, &others["code"]), (unknown, &nobodys["code"]));
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        around.get("/api/v1/admin/demo-salon/business").await.0,
        StatusCode::OK,
        "the operator may"
    );
    let keys = "/api/v1/platform/tenants/demo-barbershop/api-keys";
    let revoked = around.send(Method::DELETE, &format!("{keys}/{id}"), json!({})).await;
    assert_eq!(revoked.0, StatusCode::OK);
    assert_eq!(ask(&format!("{BARBERSHOP}/business")).await.1["code"], "RTB-2015");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_comes_in_whole_and_never_without_prices() {
    let around = Around::start().await;
    let path = format!("{BARBERSHOP}/catalogue");
    let services = async || {
        let (_, business) = around.get(&format!("{BARBERSHOP}/business")).await;
        business["catalogue"]["services"].as_array().unwrap().len()
    };
    let before = services().await;
    let rows = json!([
        {"name": "Head Massage", "duration_min": 20, "price_minor": 40_000},
        {"name": "Hot Towel", "duration_min": 10},
    ]);
    let (status, problem) = around.send(Method::PUT, &path, rows).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    assert_eq!(
        (&problem["code"], &problem["title"]),
        (&json!("RTB-2018"), &json!("price_floor_violation"))
    );
    assert!(problem["detail"].as_str().unwrap().contains("Hot Towel"));
    assert_eq!(services().await, before, "nothing was written");

    let csv = "name;duration;price\nHead Massage;20 min;KSh 400/-\nHot Towel;10;free\n";
    let import = async |query: &str| {
        let request = around.ask(Method::POST, &format!("{path}{query}"), OPERATOR);
        let request = request.header("content-type", "application/octet-stream").body(csv);
        answer(request).await
    };
    let (status, report) = import("?dry_run=true").await;
    assert_eq!((status, &report["committed"]), (StatusCode::OK, &json!(false)), "{report}");
    assert_eq!(services().await, before);
    let (_, report) = import("").await;
    assert_eq!(report["rows_bad"][0]["line"], 3, "{report}");
    assert_eq!(services().await, before + 1);
    import("").await;
    assert_eq!(services().await, before + 1, "the same file twice changes nothing");
    let csv = around.ask(Method::GET, &format!("{BARBERSHOP}/catalogue.csv"), OPERATOR);
    let csv = csv.send().await.unwrap().text().await.unwrap();
    assert!(csv.contains("Head Massage"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_the_set_up_is_edited_piece_by_piece() {
    let around = Around::start().await;
    let path = |piece: &str| format!("{BARBERSHOP}/{piece}");
    let ok = async |method: Method, piece: &str, body: Value| {
        let (status, answer) = around.send(method, &path(piece), body).await;
        assert_eq!(status, StatusCode::OK, "{piece}: {answer}");
        answer
    };
    ok(Method::POST, "staff", json!({"name": "Zawadi", "services": ["Haircut"]})).await;
    let (_, team) = around.get(&path("staff")).await;
    let zawadi = team.as_array().unwrap().iter().find(|staff| staff["name"] == "Zawadi").unwrap();
    assert_eq!(zawadi["services"], json!(["Haircut"]));
    ok(Method::DELETE, "staff/Zawadi", json!({})).await;
    let unknown = around.send(Method::DELETE, &path("staff/Nobody"), json!({})).await;
    assert_eq!((unknown.0, &unknown.1["code"]), (StatusCode::NOT_FOUND, &json!("RTB-2020")));

    ok(Method::PUT, "hours/sun", json!({"spans": []})).await;
    ok(Method::PUT, "hours/2026-12-24", json!({"spans": ["09:00-13:00"]})).await;
    let overlap = json!({"spans": ["09:00-13:00", "12:00-14:00"]});
    assert_eq!(around.send(Method::PUT, &path("hours/mon"), overlap).await.1["code"], "RTB-2017");
    let (_, business) = around.get(&path("business")).await;
    assert_eq!(business["opening"]["week"]["days"][6], json!([]));
    assert_eq!(business["opening"]["exceptions"]["2026-12-24"][0]["to"], "13:00");

    ok(Method::PUT, "dials/tone", json!({"value": "professional"})).await;
    let (_, dials) = around.get(&path("dials")).await;
    assert_eq!(
        (&dials["in_force"]["tone"], &dials["own"]["tone"]),
        (&json!("professional"), &json!("professional"))
    );
    ok(Method::PUT, "dials/tone", json!({"value": null})).await;
    let (_, history) = around.get(&path("dials/history?limit=2")).await;
    let inherit = json!({"inherit": "vertical_default"});
    let change =
        |before: &Value, after: &Value| json!([{"dial": "tone", "before": before, "after": after}]);
    let professional = json!("professional");
    assert_eq!(history[0]["changes"], change(&professional, &inherit), "{history}");
    assert_eq!(history[1]["changes"], change(&inherit, &professional), "{history}");
    let (_, others) = around.get("/api/v1/admin/demo-salon/dials/history").await;
    assert!(!others.to_string().contains("professional"), "{others}");
    let loud = around.send(Method::PUT, &path("dials/tone"), json!({"value": "loud"})).await;
    assert_eq!(loud.1["code"], "RTB-2017");

    let snippet =
        json!({"kind": "facility", "title": "Helipad", "body": "It is free.", "language": "en"});
    let made = ok(Method::POST, "knowledge", snippet).await;
    let id = made["id"].as_str().unwrap();
    assert!(around.get(&path("knowledge")).await.1.to_string().contains("Helipad"));
    ok(Method::DELETE, &format!("knowledge/{id}"), json!({})).await;
    assert!(!around.get(&path("knowledge")).await.1.to_string().contains("Helipad"));

    let (status, diary) = around.get(&path("diary?from=2026-11-23&days=7")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!diary.as_array().unwrap().is_empty(), "the demo is booked");
    assert_eq!(around.get(&path("diary?from=soon")).await.1["code"], "RTB-2017");
    assert_eq!(around.get(&path("unanswered")).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_are_the_owners_and_suggestions_are_only_that() {
    let around = Around::start().await;
    let relations = format!("{BARBERSHOP}/relations");
    let (_, there) = around.get(&relations).await;
    let relation = |permille: u16| json!({"first": "Haircut", "then": "Beard Trim", "confidence_permille": permille});
    assert_eq!(there, json!([relation(800)]));
    let put = around.send(Method::PUT, &relations, relation(900)).await;
    assert_eq!(put.0, StatusCode::OK, "{}", put.1);
    assert_eq!(around.get(&relations).await.1, json!([relation(900)]));
    let unfit = around.send(Method::PUT, &relations, relation(0)).await;
    assert_eq!(unfit.1["code"], "RTB-2017");
    let path = format!("{relations}/Haircut/Beard%20Trim");
    assert_eq!(around.send(Method::DELETE, &path, json!({})).await.0, StatusCode::OK);
    assert_eq!(around.get(&relations).await.1, json!([]));

    let version = async || around.get(&format!("{BARBERSHOP}/business")).await.1;
    let before = version().await;
    for (path, body) in [
        (format!("{relations}/suggestions"), json!({})),
        (format!("{BARBERSHOP}/catalogue/suggestions"), json!([{"name": "Hot Towel"}])),
        (format!("{BARBERSHOP}/catalogue/suggestions"), json!([])),
    ] {
        let (status, suggested) = around.send(Method::POST, &path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {suggested}");
        assert!(suggested.is_array() && !suggested.to_string().contains("price"), "{suggested}");
    }
    let many: Vec<_> = (0..41).map(|n| json!({"name": format!("Style {n}")})).collect();
    let path = format!("{BARBERSHOP}/catalogue/suggestions");
    assert_eq!(around.send(Method::POST, &path, json!(many)).await.1["code"], "RTB-2017");
    assert_eq!(version().await, before, "suggestions are stored by nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_shown_replayed_and_dismissed() {
    let around = Around::start().await;
    let stranger = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "254799999999", "phone_number_id": "999999999999999" },
            "contacts": [{ "profile": { "name": "Juma" }, "wa_id": WANJIRU, "user_id": "KE.1" }],
            "messages": [{ "id": "wamid.X", "from": WANJIRU, "from_user_id": "KE.1", "timestamp": "1795413600",
                "type": "text", "text": { "body": "Habari" } }],
        },
    }] }] })
    .to_string()
    .into_bytes();
    for body in [stranger, b"{\"object\":".to_vec()] {
        let signature = sign(&body);
        assert_eq!(around.post(body, Some(signature)).await.0, StatusCode::OK);
    }
    let letters = "/api/v1/platform/dead-letters";
    let (_, list) = around.get(&format!("{letters}?kind=quarantine")).await;
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    assert!(!list.to_string().contains("Habari"), "bodies are shown one at a time");
    let (_, whole) = around.get(&format!("{letters}/{}", ids[0])).await;
    assert!(whole["raw"].as_str().unwrap().contains("Habari"));

    let replay = async |id: &str| {
        around.send(Method::POST, &format!("{letters}/{id}/replay"), json!({})).await.1
    };
    assert_eq!(replay(ids[0]).await["outcome"], "still_dead");
    assert_eq!(replay(ids[1]).await["outcome"], "still_dead");
    let account = "/api/v1/platform/tenants/demo-salon/accounts/whatsapp/999999999999999";
    let entered = around.send(Method::PUT, account, json!({"token": "t"})).await;
    assert_eq!(entered.0, StatusCode::OK);
    assert_eq!(replay(ids[0]).await["outcome"], "taken");
    assert_eq!(replay(ids[0]).await["outcome"], "settled_before");
    let dismiss = format!("{letters}/{}/dismiss", ids[1]);
    let dismissed = async |body: Value| around.send(Method::POST, &dismiss, body).await;
    assert_eq!(dismissed(json!({})).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(dismissed(json!({"reason": " \n"})).await.1["code"], "RTB-2017");
    assert_eq!(around.get(letters).await.1.as_array().unwrap().len(), 1, "no reason, no dismissal");
    let why = "cut off by the network, sent again whole";
    assert_eq!(dismissed(json!({"reason": why})).await.0, StatusCode::OK);
    assert_eq!(dismissed(json!({"reason": "again"})).await.1["code"], "RTB-2016");
    assert_eq!(around.get(letters).await.1, json!([]));
    let (_, settled) = around.get(&format!("{letters}?settled=true")).await;
    let ends: Vec<_> =
        settled.as_array().unwrap().iter().map(|l| &l["dismissed_because"]).collect();
    assert_eq!(ends, [&json!(why), &Value::Null], "{settled}");
    assert_eq!(around.get(&format!("{letters}/{}", ids[1])).await.1["dismissed_because"], why);
    assert_eq!(replay("inb_nonsense").await["code"], "RTB-2020");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_did_not_arrive_is_listed_shown_and_sent_again_once() {
    let around = Around::start().await;
    let chat = around.meta.chat(super::ACCOUNT, WANJIRU);
    chat.say("Habari");
    chat.wait_for(|message| !message.text.is_empty()).await;
    let ratiba = &around.server.app.ratiba;
    let slug = "demo-barbershop".parse().unwrap();
    let tenant = ratiba.store().tenant_by_slug(&slug).await.unwrap().unwrap().id;
    let store = ratiba.store().of(tenant);
    let identity = Identity { channel: ChannelKind::Whatsapp, external_id: WANJIRU.to_owned() };
    let customer = store.customer_by_identity(&identity).await.unwrap().unwrap().id;
    let row = |n: u32, text: &str| {
        let (account, peer) = (super::ACCOUNT.to_owned(), WANJIRU.to_owned());
        let lane = format!("whatsapp:{account}:{peer}");
        let to = Address { channel: ChannelKind::Whatsapp, account, peer };
        let (reply, route) = (Reply::text(text), Route::default());
        OutboxItem {
            id: ratiba.mint().id(n),
            customer,
            thread: None,
            lane,
            what: Outgoing::Reply { to, reply, repeatable: true, route },
            attempts: 0,
            // Due tomorrow, so that no worker takes it before it has failed.
            created_at: ratiba.now() + jiff::SignedDuration::from_hours(24),
            useful_until: None,
        }
    };
    let (first, second) = (row(1, "Umepata nafasi ya saa tisa"), row(2, "Karibu tena"));
    store.enqueue(&[first.clone(), second.clone()]).await.unwrap();
    for item in [&first, &second] {
        let (kind, code) = (FaultKind::Rejected, Some("131009".to_owned()));
        let failed = Attempt::Failed { kind, code };
        store.record_attempt(item.id, &failed, None, ratiba.now()).await.unwrap();
    }

    let messages = format!("{BARBERSHOP}/failed-deliveries");
    let (_, key) = around.key_to("demo-salon").await;
    let (status, problem) = answer(around.ask(Method::GET, &messages, &key)).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("RTB-2010")));
    // What the demo itself could not deliver failed with other codes.
    let ours = format!("{messages}?code=131009");
    let (_, list) = around.get(&ours).await;
    let ids: Vec<_> =
        list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [second.id.to_string(), first.id.to_string()], "{list}");
    assert_eq!(list[1]["reason"], "it was refused (code 131009)");
    let all = list.to_string();
    assert!(!all.contains("nafasi") && !all.contains(WANJIRU), "{all}");
    assert_eq!(around.get(&format!("{messages}?code=131047")).await.1, json!([]));
    let (_, whole) = around.get(&format!("{messages}/{}", first.id)).await;
    assert_eq!(
        (&whole["text"], &whole["to"]),
        (&json!("Umepata nafasi ya saa tisa"), &json!("…678"))
    );

    let post = async |id: &str, what: &str, body: Value| {
        around.send(Method::POST, &format!("{messages}/{id}/{what}"), body).await
    };
    let id = first.id.to_string();
    assert_eq!(post(&id, "replay", json!({})).await.1["outcome"], "taken");
    assert_eq!(post(&id, "replay", json!({})).await.1["outcome"], "settled_before");
    let got = chat.wait_for(|message| message.text.contains("saa tisa")).await;
    assert_eq!(got.text, "Umepata nafasi ya saa tisa");
    let id = second.id.to_string();
    assert_eq!(post(&id, "dismiss", json!({"reason": " "})).await.1["code"], "RTB-2017");
    assert_eq!(post(&id, "dismiss", json!({"reason": "told her"})).await.0, StatusCode::OK);
    assert_eq!(post(&id, "dismiss", json!({"reason": "again"})).await.1["code"], "RTB-2016");
    assert_eq!(post("out_nonsense", "replay", json!({})).await.1["code"], "RTB-2020");
    assert_eq!(around.get(&ours).await.1, json!([]));
    let (_, settled) = around.get(&format!("{ours}&settled=true")).await;
    assert_eq!(settled.as_array().unwrap().len(), 2, "{settled}");
    let arrived = chat.received().into_iter().filter(|message| message.text.contains("saa tisa"));
    assert_eq!(arrived.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_given_out_and_a_person_is_forgotten() {
    let around = Around::start().await;
    let chat = around.meta.chat(super::ACCOUNT, WANJIRU);
    chat.say("Habari, mko wazi Jumapili?");
    chat.wait_for(|message| !message.text.is_empty()).await;
    let request =
        around.ask(Method::GET, "/api/v1/platform/tenants/demo-barbershop/export", OPERATOR);
    let archive = request.send().await.unwrap().bytes().await.unwrap();
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&archive[..]));
    let mut names = Vec::new();
    let mut all = String::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        names.push(entry.path().unwrap().display().to_string());
        entry.read_to_string(&mut all).unwrap();
    }
    assert!(names.contains(&"customers/00001.jsonl".to_owned()), "{names:?}");
    assert_eq!(names.last().map(String::as_str), Some("manifest.json"));
    assert!(all.contains("Jumapili"));

    let person = format!("{BARBERSHOP}/people/{WANJIRU}");
    let (status, data) = around.get(&person).await;
    assert_eq!(status, StatusCode::OK);
    assert!(data.to_string().contains("Jumapili"));
    let (status, erased) = around.send(Method::DELETE, &person, json!({})).await;
    assert_eq!(status, StatusCode::OK, "{erased}");
    assert_eq!(around.get(&person).await.1["code"], "RTB-2020");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_operation_and_needs_no_key() {
    let around = Around::start().await;
    let (status, spec) = answer(around.ask(Method::GET, "/api/v1/openapi.json", "")).await;
    assert_eq!(status, StatusCode::OK);
    let paths = spec["paths"].as_object().unwrap();
    for path in ["/platform/tenants", "/platform/dead-letters/{id}/replay", "/admin/{slug}/diary"] {
        assert!(paths.contains_key(path), "{path}: {:?}", paths.keys().collect::<Vec<_>>());
    }
}

#[test]
fn the_committed_description_is_the_one_that_is_served() {
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ratiba-server/openapi.json");
    let committed = std::fs::read_to_string(file).unwrap();
    let served = ratiba_server::api::description();
    if committed.trim_end() != served.trim_end() {
        let fresh = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
        std::fs::write(&fresh, format!("{}\n", served.trim_end())).unwrap();
        panic!("the API has changed: copy {} to ratiba-server/openapi.json", fresh.display());
    }
}
