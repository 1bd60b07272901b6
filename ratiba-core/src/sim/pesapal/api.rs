//! The endpoints.

use std::io;
use std::sync::Arc;

use futures_util::stream;
use jiff::SignedDuration;
use poem::http::{Method, StatusCode};
use poem::{Body, Endpoint, EndpointExt, Request, Response, endpoint};
use serde_json::{Value, json};

use super::check::{self, Refusal};
use super::faults::{CancelFault, OrderFault, RegisterFault, StatusFault, TokenFault};
use super::page::PageAnswer;
use super::sim::{PAGE, World};
use super::state::{Address, Means, SimOrder, Standing, State, TOKEN_LIFE};

/// The whole API below `/`.
pub(super) fn app(world: Arc<World>) -> impl Endpoint<Output = Response> + 'static {
    endpoint::make(move |request| {
        let world = Arc::clone(&world);
        async move { Ok::<_, poem::Error>(serve(&world, request).await) }
    })
    .map_to_response()
}

async fn serve(world: &World, mut request: Request) -> Response {
    let (path, method) = (request.uri().path().to_owned(), request.method().clone());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let bearer = request.header("authorization").unwrap_or_default().to_owned();
    let body = request.take_body().into_vec().await.unwrap_or_default();
    if path == PAGE {
        return page(world, &method, &query, &body);
    }
    let Some(call) = path.strip_prefix("/pesapalv3/api/") else {
        return html(StatusCode::NOT_FOUND);
    };
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if call == "Auth/RequestToken" && method == Method::POST {
        return token(world, &json);
    }
    let owner = bearer
        .strip_prefix("Bearer ")
        .and_then(|token| world.state().owner(token, world.config.clock.now()));
    let Some(owner) = owner else { return denied(StatusCode::UNAUTHORIZED) };
    match (call, method) {
        ("URLSetup/GetIpnList", Method::GET) => addresses(world, &owner),
        ("URLSetup/RegisterIPN", Method::POST) => register(world, &owner, &json),
        ("Transactions/SubmitOrderRequest", Method::POST) => order(world, &owner, &json).await,
        ("Transactions/GetTransactionStatus", Method::GET) => status(world, &owner, &query),
        ("Transactions/RefundRequest", Method::POST) => refund(world, &owner, &json),
        ("Transactions/CancelOrder", Method::POST) => cancel(world, &owner, &json),
        _ => html(StatusCode::NOT_FOUND),
    }
}

fn token(world: &World, body: &Value) -> Response {
    let now = world.config.clock.now();
    let mut state = world.state();
    state.token_requests += 1;
    let fault = state.token_faults.pop_front();
    if fault == Some(TokenFault::Html502) {
        return html(StatusCode::BAD_GATEWAY);
    }
    let (key, secret) = (check::field(body, "consumer_key"), check::field(body, "consumer_secret"));
    if !state.accounts.iter().any(|account| account.key == key && account.secret == secret) {
        // With status 200, as everything that PesaPal complains of.
        let refusal = Refusal::new("invalid_consumer_key_or_secret_provided", "");
        return complained(&refusal);
    }
    let token = format!("eyJ{:029}", state.next());
    let end = now.checked_add(SignedDuration::from_secs(TOKEN_LIFE)).unwrap_or(now);
    if fault != Some(TokenFault::Stillborn) {
        state.tokens.insert(token.clone(), (key.to_owned(), end));
    }
    ok(&json!({
        "token": token, "expiryDate": format!("{}.1234567Z", end.strftime("%Y-%m-%dT%H:%M:%S")),
        "error": null, "status": "200", "message": "Request processed successfully",
    }))
}

fn entry(address: &Address) -> Value {
    let (kind, name) = if address.by_get { (0, "GET") } else { (1, "POST") };
    json!({
        "url": address.url, "created_date": "2026-09-15T11:30:05.123Z", "ipn_id": address.id,
        "notification_type": kind, "ipn_notification_type_description": name,
        "ipn_status": 1, "ipn_status_decription": "Active", "error": null, "status": "200",
    })
}

fn addresses(world: &World, owner: &str) -> Response {
    let state = world.state();
    let own = state.addresses.iter().filter(|address| address.account == owner).map(entry);
    ok(&Value::Array(own.collect()))
}

fn register(world: &World, owner: &str, body: &Value) -> Response {
    let url = check::field(body, "url");
    let kind = check::field(body, "ipn_notification_type");
    if !url.starts_with("http") || !["GET", "POST"].contains(&kind) {
        return complained(&Refusal::new("invalid_api_request_parameters", "url or type"));
    }
    let mut state = world.state();
    let other = state.register_faults.pop_front() == Some(RegisterFault::OtherType);
    let id = state.guid();
    let by_get = (kind == "GET") != other;
    let address = Address { id, account: owner.to_owned(), url: url.to_owned(), by_get };
    let answer = entry(&address);
    state.addresses.push(address);
    ok(&answer)
}

async fn order(world: &World, owner: &str, body: &Value) -> Response {
    let (fault, tracking_id) = match take_order(world, owner, body) {
        Ok(taken) => taken,
        Err(refusal) => return complained(&refusal),
    };
    world.changed();
    let answer = tracking_id.as_ref().map(|tracking_id| {
        let page = match fault {
            Some(OrderFault::ForeignPage(page)) => page.to_owned(),
            Some(_) | None => world.page_of(tracking_id),
        };
        json!({
            "order_tracking_id": tracking_id, "merchant_reference": check::field(body, "id"),
            "redirect_url": page, "error": null, "status": "200",
        })
    });
    match fault {
        Some(OrderFault::NoAnswer { .. }) => std::future::pending().await,
        Some(OrderFault::Reset { .. }) => reset(),
        Some(OrderFault::PaidFirst) => {
            if let Some(tracking_id) = &tracking_id {
                world.state().pay(tracking_id, Means::Card);
                if let Some(heard) = world.notify(tracking_id) {
                    // An error means that it was not delivered; the answer follows all the same.
                    drop(heard.await);
                }
            }
            ok(&answer.unwrap_or_default())
        }
        Some(OrderFault::Refused { .. } | OrderFault::ForeignPage(_)) | None => {
            ok(&answer.unwrap_or_default())
        }
    }
}

/// Checks an order and takes it, unless a fault prevents it.
fn take_order(
    world: &World,
    owner: &str,
    body: &Value,
) -> Result<(Option<OrderFault>, Option<String>), Refusal> {
    let mut state = world.state();
    state.order_requests += 1;
    let wanted = check::order(body, owner, &state)?;
    let fault = state.order_faults.pop_front();
    let taken = match fault {
        Some(OrderFault::Refused { code, message }) => return Err(Refusal::new(code, message)),
        Some(OrderFault::NoAnswer { taken } | OrderFault::Reset { taken }) => taken,
        Some(OrderFault::ForeignPage(_) | OrderFault::PaidFirst) | None => true,
    };
    if !taken {
        return Ok((fault, None));
    }
    let tracking_id = state.guid();
    state.orders.push(SimOrder {
        tracking_id: tracking_id.clone(),
        reference: wanted.reference,
        account: owner.to_owned(),
        currency: wanted.currency,
        minor: wanted.minor,
        description: wanted.description,
        standing: Standing::Pending,
        cancelled: false,
        refund: None,
        callback_url: wanted.callback_url,
        notification_id: wanted.notification_id,
    });
    Ok((fault, Some(tracking_id)))
}

fn status(world: &World, owner: &str, query: &str) -> Response {
    let mut state = world.state();
    state.status_requests += 1;
    let fault = state.status_faults.pop_front();
    match fault {
        Some(StatusFault::Html) => return html(StatusCode::OK),
        Some(StatusFault::Throttled) => {
            return Response::builder()
                .status(StatusCode::TOO_MANY_REQUESTS)
                .header("retry-after", "3")
                .body("slow down");
        }
        Some(StatusFault::BadGateway) => return html(StatusCode::BAD_GATEWAY),
        Some(StatusFault::Denied) => return denied(StatusCode::OK),
        Some(StatusFault::StringError) => {
            let inner = json!({"error": {"code": "api_error", "message": "Try later"}});
            return ok(&json!({ "message": inner.to_string() }));
        }
        Some(_) | None => {}
    }
    let tracking_id = query.strip_prefix("orderTrackingId=").unwrap_or_default();
    let order = state.order(tracking_id).filter(|order| order.account == owner).cloned();
    let Some(order) = order else {
        return complained(&Refusal::new("invalid_order_tracking_id", "Invalid id"));
    };
    let (code, said, confirmation, description) = match &order.standing {
        Standing::Pending => return pending(&order),
        _ if fault == Some(StatusFault::Pending) => return pending(&order),
        Standing::Completed { code, .. } => (1, "Completed", code.clone(), None),
        Standing::Failed { why } => (2, "FAILED", String::new(), Some(why.clone())),
        Standing::Reversed { code } => (3, "Reversed", code.clone(), None),
    };
    let minor = match fault {
        Some(StatusFault::WrongAmount(minor)) => minor,
        Some(_) | None => order.minor,
    };
    let currency = match fault {
        Some(StatusFault::WrongCurrency(currency)) => currency,
        Some(_) | None => order.currency.as_str(),
    };
    let reference = match fault {
        Some(StatusFault::WrongReference) => "AN0THER0RDER",
        Some(_) | None => order.reference.as_str(),
    };
    let amount: Value =
        serde_json::from_str(&format!("{}.{:02}", minor / 100, minor % 100)).unwrap_or_default();
    let answer = json!({
        "payment_method": "Visa", "amount": amount, "created_date": "2026-09-15T14:36:10.11",
        "confirmation_code": confirmation, "order_tracking_id": order.tracking_id,
        "payment_status_description": said, "description": description,
        "message": "Request processed successfully", "payment_account": "476173**0010",
        "call_back_url": order.callback_url, "status_code": code, "merchant_reference": reference,
        "payment_status_code": "", "currency": currency,
        "error": {"error_type": null, "code": null, "message": null, "call_back_url": null},
        "status": "200",
    });
    if fault == Some(StatusFault::Truncated) {
        let mut text = answer.to_string();
        text.truncate(text.len() / 2);
        return Response::builder().content_type("application/json").body(text);
    }
    ok(&answer)
}

/// Nothing has been paid: status 200 with an error inside, as recorded.
fn pending(order: &SimOrder) -> Response {
    ok(&json!({
        "payment_method": "", "amount": 0.0, "created_date": "2026-09-15T14:36:10.11",
        "confirmation_code": "", "order_tracking_id": order.tracking_id,
        "payment_status_description": "INVALID", "status_code": 0,
        "merchant_reference": order.reference, "currency": order.currency,
        "error": {"error_type": "api_error", "code": "payment_details_not_found", "message": "Pending Payment"},
        "status": "500",
    }))
}

fn refund(world: &World, owner: &str, body: &Value) -> Response {
    let mut state = world.state();
    let code = check::field(body, "confirmation_code").to_owned();
    let minor = body.get("amount").and_then(check::hundredths);
    let named =
        !check::field(body, "username").is_empty() && !check::field(body, "remarks").is_empty();
    let found = paid_with(&mut state, owner, &code);
    let answer = match (found, minor) {
        (Some((order, means)), Some(minor)) if named => {
            let whole = minor == order.minor;
            if order.refund.is_some() || minor <= 0 || minor > order.minor {
                Err("Refund not allowed")
            } else if means == Means::Mobile && !whole {
                Err("Partial refunds are not supported for mobile payments")
            } else {
                order.refund = Some(minor);
                Ok(())
            }
        }
        _ => Err("Invalid refund request"),
    };
    drop(state);
    world.changed();
    told(answer, "Refund request successfully")
}

fn paid_with<'a>(
    state: &'a mut State,
    owner: &str,
    wanted: &str,
) -> Option<(&'a mut SimOrder, Means)> {
    state.orders.iter_mut().filter(|order| order.account == owner).find_map(|order| {
        match &order.standing {
            Standing::Completed { code, means } if code == wanted => {
                let means = *means;
                Some((order, means))
            }
            _ => None,
        }
    })
}

fn cancel(world: &World, owner: &str, body: &Value) -> Response {
    let tracking_id = check::field(body, "order_tracking_id").to_owned();
    let race = world.state().cancel_faults.pop_front() == Some(CancelFault::PaidMeanwhile);
    if race {
        let paid = world.state().pay(&tracking_id, Means::Card);
        if paid {
            drop(world.notify(&tracking_id));
        }
    }
    let mut state = world.state();
    let order = state.order(&tracking_id).filter(|order| order.account == owner);
    let answer = match order {
        Some(order)
            if !order.cancelled
                && matches!(order.standing, Standing::Pending | Standing::Failed { .. }) =>
        {
            order.cancelled = true;
            Ok(())
        }
        Some(_) | None => Err("Order can not be cancelled"),
    };
    drop(state);
    world.changed();
    told(answer, "Order successfully cancelled.")
}

/// The page, and what was typed on it.
fn page(world: &World, method: &Method, query: &str, body: &[u8]) -> Response {
    let form = if *method == Method::POST {
        String::from_utf8_lossy(body).into_owned()
    } else {
        query.to_owned()
    };
    let fields = reqwest::Url::parse(&format!("http://form/?{form}"));
    let field = |name: &str| {
        let fields = fields.as_ref().ok()?;
        let mut found = fields.query_pairs().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.into_owned())
    };
    let tracking_id = field("OrderTrackingId").unwrap_or_default();
    if *method != Method::POST {
        return world.shown(&tracking_id).map_or_else(|| html(StatusCode::NOT_FOUND), shown);
    }
    match world.typed(&tracking_id, &field("card").unwrap_or_default()) {
        PageAnswer::GoTo(url) => {
            Response::builder().status(StatusCode::SEE_OTHER).header("location", url).finish()
        }
        PageAnswer::Again(page) => shown(page),
        PageAnswer::Nothing => html(StatusCode::NOT_FOUND),
    }
}

fn shown(page: String) -> Response {
    Response::builder().content_type("text/html; charset=utf-8").body(page)
}

fn ok(body: &Value) -> Response {
    Response::builder().content_type("application/json").body(body.to_string())
}

/// Yes or no, in the way of refunds and cancelled orders.
fn told(answer: Result<(), &str>, yes: &str) -> Response {
    ok(&match answer {
        Ok(()) => json!({ "status": "200", "message": yes }),
        Err(no) => json!({ "status": "500", "message": no }),
    })
}

/// An error with status 200.
fn complained(refusal: &Refusal) -> Response {
    ok(&json!({
        "error": {"error_type": "api_error", "code": refusal.code, "message": refusal.message},
        "status": "500",
    }))
}

fn denied(status: StatusCode) -> Response {
    let body = json!({
        "message": "Authorization has been denied for this request.", "status": "500" });
    Response::builder().status(status).content_type("application/json").body(body.to_string())
}

fn html(status: StatusCode) -> Response {
    Response::builder()
        .status(status)
        .content_type("text/html")
        .body("<html><body>Server Error in '/' Application.</body></html>")
}

/// An answer whose connection breaks before anything of its body is written.
fn reset() -> Response {
    let broken = stream::once(async {
        Err::<&'static [u8], _>(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Response::builder().body(Body::from_bytes_stream(broken))
}
