//! The endpoints.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use poem::http::Method;
use poem::{Body, Endpoint, EndpointExt, Request, Response, endpoint};
use serde_json::{Value, json};

use super::answer::{Refusal, html_503, ok, plain, reset, truncated};
use super::book::{BookLine, Flow};
use super::check::{self, Reversal};
use super::faults::{PushFault, QueryFault, ReversalFault, TokenFault};
use super::letter::Callback;
use super::notes::{self, ReversalResult, Told, describe};
use super::sim::World;
use super::state::{Ending, TOKEN_LIFE};

/// The whole API below `/`.
pub(super) fn app(world: Arc<World>) -> impl Endpoint<Output = Response> + 'static {
    endpoint::make(move |request| {
        let world = Arc::clone(&world);
        async move { Ok::<_, poem::Error>(serve(&world, request).await) }
    })
    .map_to_response()
}

async fn serve(world: &Arc<World>, mut request: Request) -> Response {
    world.tick();
    let (path, method) = (request.uri().path().to_owned(), request.method().clone());
    let authorization = request.header("authorization").unwrap_or_default().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = request.take_body();
    let wanted = match path.as_str() {
        "/oauth/v1/generate" => Method::GET,
        "/mpesa/stkpush/v1/processrequest"
        | "/mpesa/stkpushquery/v1/query"
        | "/mpesa/reversal/v1/request" => Method::POST,
        _ => return Refusal::new(404, "404.001.01", "Resource not found").into_response(),
    };
    if method != wanted {
        return Refusal::new(405, "405.001", "Method Not Allowed").into_response();
    }
    if path == "/oauth/v1/generate" {
        return token(world, &authorization, &query).await;
    }
    let answered = match authorised(world, &authorization, body).await {
        Err(refusal) => Err(refusal),
        Ok((owner, body)) => match path.as_str() {
            "/mpesa/stkpush/v1/processrequest" => push(world, &owner, &body).await,
            "/mpesa/stkpushquery/v1/query" => query_of(world, &owner, &body),
            _ => reversal(world, &owner, &body).await,
        },
    };
    answered.unwrap_or_else(Refusal::into_response)
}

async fn token(world: &World, authorization: &str, query: &str) -> Response {
    world.state().token_requests += 1;
    world.changed();
    let mut held = world.tokens_held.subscribe();
    // The sender lives in the world.
    drop(held.wait_for(|held| !held).await);
    let fault = world.state().token_faults.pop_front();
    match fault {
        Some(TokenFault::Empty400) => return plain(400, ""),
        Some(TokenFault::Html503) => return html_503(),
        Some(TokenFault::NumericExpiry | TokenFault::Stillborn) | None => {}
    }
    let Some(basic) = authorization.strip_prefix("Basic ") else {
        let refusal = Refusal::new(400, "400.008.01", "Invalid Authentication passed");
        return refusal.into_response();
    };
    if query != "grant_type=client_credentials" {
        return Refusal::new(400, "400.008.02", "Invalid grant type passed").into_response();
    }
    let now = world.config.clock.now();
    let mut state = world.state();
    let owner = state
        .merchants
        .iter()
        .find(|m| basic == STANDARD.encode(format!("{}:{}", m.consumer_key, m.consumer_secret)))
        .map(|merchant| merchant.consumer_key.clone());
    // Wrong key or secret: an empty 400.
    let Some(owner) = owner else { return plain(400, "") };
    let number = state.next();
    let token = format!("SimToken{number:020}");
    let end =
        now.checked_add(SignedDuration::from_secs(TOKEN_LIFE)).unwrap_or(jiff::Timestamp::MAX);
    if fault != Some(TokenFault::Stillborn) {
        state.tokens.insert(token.clone(), (owner, end));
    }
    drop(state);
    let expiry = if fault == Some(TokenFault::NumericExpiry) {
        json!(TOKEN_LIFE)
    } else {
        json!(TOKEN_LIFE.to_string())
    };
    ok(&json!({ "access_token": token, "expires_in": expiry }))
}

/// Whose token it is, and the body.
async fn authorised(
    world: &World,
    authorization: &str,
    body: Body,
) -> Result<(String, Value), Refusal> {
    let bearer = authorization.strip_prefix("Bearer ").ok_or(Refusal::new(
        404,
        "404.001.04",
        "Invalid Authentication Header",
    ))?;
    let owner = world.state().owner(bearer, world.config.clock.now()).ok_or(Refusal::new(
        404,
        "404.001.03",
        "Invalid Access Token",
    ))?;
    let unreadable = || Refusal::new(400, "400.002.05", "Invalid Request Payload");
    let bytes = body.into_vec().await.map_err(|_| unreadable())?;
    let body: Value = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
    Ok((owner, body))
}

/// A push that was let in, and what follows.
struct Pushed {
    fault: Option<PushFault>,
    answer: Value,
    /// The new prompt, if there is one, and what its customer does at once.
    prompt: Option<(usize, Option<Ending>)>,
}

async fn push(world: &World, owner: &str, body: &Value) -> Result<Response, Refusal> {
    let Pushed { fault, answer, prompt } = let_in(world, owner, body)?;
    world.changed();
    match (&fault, prompt) {
        (Some(PushFault::CallbackFirst { ending }), Some((place, _))) => {
            if let Some(heard) = world.end(place, *ending) {
                // An error means that the callback was not delivered; the answer follows all the same.
                drop(heard.await);
            }
        }
        (_, Some((place, Some(ending)))) => drop(world.end(place, ending)),
        (_, Some((_, None)) | None) => {}
    }
    Ok(match fault {
        Some(PushFault::NoAnswer { .. }) => std::future::pending().await,
        Some(PushFault::Reset { .. }) => reset(),
        Some(PushFault::Truncated { .. }) => truncated(&answer),
        Some(PushFault::Empty200 { .. }) => plain(200, ""),
        Some(PushFault::Html503 { .. }) => html_503(),
        Some(PushFault::Plain { status, body }) => plain(status, body),
        Some(PushFault::CallbackFirst { .. } | PushFault::Refused { .. }) | None => ok(&answer),
    })
}

/// Checks a push and prompts the customer, unless a fault prevents it.
fn let_in(world: &World, owner: &str, body: &Value) -> Result<Pushed, Refusal> {
    let mut state = world.state();
    state.pushes += 1;
    let merchant = check::merchant(body, &state.merchants, owner)?.clone();
    let wanted = check::push(body)?;
    if state.is_prompted(&wanted.phone) {
        return Err(Refusal::overloaded(
            "Unable to lock subscriber, a transaction is already in process for the current subscriber",
        ));
    }
    let fault = state.push_faults.pop_front();
    let prompted = match &fault {
        Some(PushFault::Refused { status, code, message }) => {
            return Err(Refusal::new(*status, code, message));
        }
        Some(
            PushFault::NoAnswer { prompted }
            | PushFault::Reset { prompted }
            | PushFault::Truncated { prompted }
            | PushFault::Empty200 { prompted }
            | PushFault::Html503 { prompted },
        ) => *prompted,
        Some(PushFault::Plain { .. }) => false,
        Some(PushFault::CallbackFirst { .. }) | None => true,
    };
    if !prompted {
        return Ok(Pushed { fault, answer: json!({}), prompt: None });
    }
    let fits = merchant.product() == (&*wanted.kind, &*wanted.receiver);
    let phone = wanted.phone.clone();
    let place = state.accept(&merchant, wanted, world.config.clock.now());
    let answer = json!({
        "MerchantRequestID": state.attempts[place].merchant_request,
        "CheckoutRequestID": state.attempts[place].id,
        "ResponseCode": "0",
        "ResponseDescription": "Success. Request accepted for processing",
        "CustomerMessage": "Success. Request accepted for processing",
    });
    // Accepted, but the product does not fit the receiver: the customer never sees it.
    let reflex = if fits { state.reflex(&phone) } else { Some(Ending::Code("2028")) };
    Ok(Pushed { fault, answer, prompt: Some((place, reflex)) })
}

fn query_of(world: &World, owner: &str, body: &Value) -> Result<Response, Refusal> {
    let mut state = world.state();
    state.queries += 1;
    check::merchant(body, &state.merchants, owner)?;
    let fault = state.query_faults.pop_front();
    match fault {
        Some(QueryFault::Spurious) => return Err(Refusal::overloaded("Internal Server Error")),
        Some(QueryFault::BeingProcessed) => {
            return Err(Refusal::overloaded("The transaction is being processed"));
        }
        Some(QueryFault::InvalidId) => return Err(Refusal::invalid("CheckoutRequestID")),
        Some(QueryFault::Html503) => return Ok(html_503()),
        Some(QueryFault::Reset) => return Ok(reset()),
        Some(QueryFault::StillProcessing) | None => {}
    }
    let (id, shortcode) =
        (check::field(body, "CheckoutRequestID"), check::field(body, "BusinessShortCode"));
    let attempt = state
        .attempts
        .iter()
        .find(|attempt| attempt.id == id && attempt.shortcode == shortcode)
        .ok_or(Refusal::overloaded("The transaction does not Exist"))?;
    let ended = attempt.ended.as_ref().filter(|_| fault != Some(QueryFault::StillProcessing));
    let (code, text) = ended
        .map_or(("4999", "The transaction is still under processing"), |(ending, _)| {
            (ending.code(), describe(*ending, Told::Query))
        });
    Ok(ok(&json!({
        "ResponseCode": "0",
        "ResponseDescription": "The service request has been accepted successsfully",
        "MerchantRequestID": attempt.merchant_request,
        "CheckoutRequestID": attempt.id,
        "ResultCode": code,
        "ResultDesc": text,
    })))
}

/// A reversal that was let in, and what became of it.
struct Reversed {
    fault: Option<ReversalFault>,
    code: &'static str,
    conversation: String,
    /// Its own receipt, when money went back.
    receipt: Option<String>,
}

async fn reversal(world: &World, owner: &str, body: &Value) -> Result<Response, Refusal> {
    let wanted = check::reversal(body)?;
    let reversed = reverse(world, owner, &wanted)?;
    world.changed();
    tell(world, &wanted, &reversed);
    if reversed.fault == Some(ReversalFault::NoAnswer) {
        return std::future::pending().await;
    }
    let conversation = reversed.conversation;
    Ok(ok(&json!({
        "OriginatorConversationID": conversation,
        "ConversationID": format!("AG_{conversation}"),
        "ResponseCode": "0",
        "ResponseDescription": "Accept the service request successfully.",
    })))
}

fn reverse(world: &World, owner: &str, wanted: &Reversal) -> Result<Reversed, Refusal> {
    let mut state = world.state();
    let merchant = state
        .merchants
        .iter()
        .find(|m| m.shortcode == wanted.receiver && m.consumer_key == owner)
        .cloned()
        .ok_or(Refusal::invalid("ReceiverParty"))?;
    let fault = state.reversal_faults.pop_front();
    let conversation = format!("conv-{}", state.next());
    let known = wanted.initiator == merchant.initiator
        && wanted.security_credential == merchant.security_credential;
    let business = merchant.product().1;
    let original =
        state.book.payment(&wanted.receipt).filter(|line| line.business == business).cloned();
    let code = match (fault, &original) {
        (Some(ReversalFault::Refused(code)), _) => code,
        (Some(ReversalFault::QueueTimeout), _) => "",
        _ if !known => "2001",
        (_, None) => "R000002",
        (_, Some(line)) if state.book.is_reversed(&line.receipt) => "R000001",
        // Parts are not known to be reversible, so the stand-in refuses them.
        (_, Some(line)) if line.amount != wanted.amount => return Err(Refusal::invalid("Amount")),
        (_, Some(_)) => "0",
    };
    let mut receipt = None;
    if let ("0", Some(line)) = (code, original) {
        let own = state.receipt();
        state.book.lines.push(BookLine {
            receipt: own.clone(),
            flow: Flow::Reversed { of: line.receipt.clone() },
            at: world.config.clock.now(),
            ..line
        });
        receipt = Some(own);
    }
    Ok(Reversed { fault, code, conversation, receipt })
}

/// Posts what became of a reversal, to whichever address is told.
fn tell(world: &World, wanted: &Reversal, reversed: &Reversed) {
    let Reversed { fault, code, conversation, receipt } = reversed;
    let timed_out =
        matches!(fault, Some(ReversalFault::QueueTimeout | ReversalFault::DoneButQueueTimeout));
    if *fault == Some(ReversalFault::NoResult) {
        return;
    }
    let body = if timed_out {
        json!({ "Result": { "ResultType": 1, "ResultCode": 1, "ResultDesc": "The service request timed out.",
            "OriginatorConversationID": conversation, "ConversationID": format!("AG_{conversation}") } })
    } else {
        notes::reversal(&ReversalResult {
            code,
            conversation,
            receipt: receipt.as_deref(),
            of: &wanted.receipt,
            amount: wanted.amount,
            collapsed: *fault == Some(ReversalFault::Collapsed),
        })
    };
    let url = if timed_out { &wanted.timeout } else { &wanted.result };
    drop(world.courier.send(Callback {
        url: url.clone(),
        shortcode: wanted.receiver.clone(),
        body: body.to_string(),
    }));
}
