//! Price lists over REST: a picture by a model, lines by nobody, rows for review and nothing stored.

use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::sim::llm::{ModelFault, ModelSim};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Around, OPERATOR, answer};

const MODEL_KEY: &str = "sk-sim-key";
const READ: &str = "/api/v1/admin/demo-barbershop/catalogue/read";
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 one wall of a barbershop";

impl Around {
    async fn read(&self, query: &str, key: &str, bytes: &[u8]) -> (StatusCode, Value) {
        let request = self.ask(Method::POST, &format!("{READ}{query}"), key);
        let request = request.header("content-type", "application/octet-stream");
        answer(request.body(bytes.to_vec())).await
    }

    async fn with_model() -> (Self, ModelSim) {
        let sim = ModelSim::openai(MODEL_KEY).await.unwrap();
        let row = |name: &str, price: Value, unsure: &[&str]| {
            json!({
                "name": name, "name_sw": null, "category": "Men", "duration": "20 min", "price": price,
                "description": null, "confidence": "high", "unsure": unsure,
            })
        };
        let rows = [
            row("Hot Towel", json!("KSh 300/-"), &["duration"]),
            row("Head Massage", json!("0"), &[]),
        ];
        sim.rule(ModelRule::new(Role::Vision, "\"page\":1", json!({"rows": rows})));
        let models = [("OPENAI_API_KEY", MODEL_KEY), ("OPENAI_BASE_URL", sim.base_url())];
        (Self::with(&models).await, sim)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_becomes_rows_for_review_and_what_was_reviewed_is_put() {
    let (around, sim) = Around::with_model().await;
    let (_, key) = around.key_to("demo-barbershop").await;
    let (status, read) = around.read("", &key, JPEG).await;
    assert_eq!((status, &read["kind"]), (StatusCode::OK, &json!("image")), "{read}");
    let [towel, massage] = read["rows"].as_array().unwrap().as_slice() else { panic!("{read}") };
    assert_eq!(
        (&towel["price_minor"]["value"], &towel["unsure"]),
        (&json!(30_000), &json!(["duration"]))
    );
    assert_eq!(
        (&massage["price_minor"]["value"], &massage["price_minor"]["confidence"]),
        (&Value::Null, &json!(0.0))
    );
    assert_eq!(read["notes"], json!([{"line": 2, "reason": "Head Massage: the price is zero"}]));
    assert_eq!(sim.asked().len(), 1);

    let reviewed = |row: &Value| {
        json!({
            "name": row["name"]["value"], "duration_min": row["duration_min"]["value"], "price_minor": row["price_minor"]["value"],
        })
    };
    let put = async |rows: Value| {
        let path = "/api/v1/admin/demo-barbershop/catalogue";
        answer(around.ask(Method::PUT, path, &key).json(&rows)).await
    };
    let (status, problem) = put(json!([reviewed(towel), reviewed(massage)])).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("RTB-2018")), "{problem}");
    let (status, report) = put(json!([reviewed(towel)])).await;
    assert_eq!((status, &report["services"][0]["price_minor"]), (StatusCode::OK, &json!(30_000)));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_tables_are_read_without_a_model() {
    let around = Around::start().await;
    let (status, read) =
        around.read("", OPERATOR, b"1. Hot towel 300/- 10 min\nTrim 200-300\n").await;
    assert_eq!(
        (status, &read["kind"], &read["rows_ok"]),
        (StatusCode::OK, &json!("text"), &json!(2))
    );
    assert_eq!(read["rows"][0]["duration_min"]["value"], 10);
    let csv = b"name;price\nHot towel;300\nTrim;\n";
    let (_, read) = around.read("?name=prices.csv", OPERATOR, csv).await;
    assert_eq!((&read["kind"], &read["rows_bad"][0]["line"]), (&json!("csv"), &json!(3)), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_reads_is_refused_with_what_to_do() {
    let around = Around::start().await;
    let large = [JPEG, &vec![0; 5 << 20]].concat();
    let pdf = [b"%PDF-1.7".as_slice(), &vec![0; 4 << 20]].concat();
    for (bytes, status, code, words) in [
        (JPEG, 503, "RTB-2021", "there is no key"),
        (b"".as_slice(), 422, "RTB-2017", "empty"),
        (b"\0\0\0\x18ftypheic".as_slice(), 422, "RTB-2017", "save it as JPEG"),
        (large.as_slice(), 413, "RTB-2004", "Make the picture smaller"),
        (pdf.as_slice(), 413, "RTB-2004", "Split the document"),
    ] {
        let (got, problem) = around.read("", OPERATOR, bytes).await;
        assert_eq!((got.as_u16(), &problem["code"]), (status, &json!(code)), "{problem}");
        assert!(problem["detail"].as_str().unwrap_or_default().contains(words), "{problem}");
    }
    assert_eq!(around.read("", "wrong", JPEG).await.0, StatusCode::UNAUTHORIZED);
    let (around, sim) = Around::with_model().await;
    sim.fault_always(Some(ModelFault::Refusal));
    let (status, problem) = around.read("", OPERATOR, JPEG).await;
    assert_eq!((status.as_u16(), &problem["code"]), (503, &json!("RTB-2021")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("sharper"), "{problem}");
}
