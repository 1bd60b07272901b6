//! `GET /api/v1/widget/{slug}/ws`: the widget's WebSocket. The protocol is that of `ratiba_core::adapters::web`.
//!
//! Pages of any origin may connect: a visitor is who brings their token in the first frame, never who brings a cookie.

use std::num::NonZeroU32;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketConfig, WebSocketStream};
use poem::web::{Data, Path};
use poem::{FromRequest as _, IntoResponse as _, Request, Response, handler};
use ratiba_core::ReceiveError;
use ratiba_core::adapters::web::{
    By, ClientFrame, Connection, FrameError, MAX_FRAME, ServerFrame, Session, Shown, heard,
};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::id::TenantId;
use ratiba_core::ports::store::{Speaker, TranscriptLine};

use super::widget::open_tenant;
use crate::app::App;
use crate::http::error::Chain;
use crate::http::{ApiError, Code};
use crate::widget::Widget;

/// How long a fresh connection may take to say hello.
const HELLO: Duration = Duration::from_secs(15);
/// A widget pings every 25 seconds; one that is silent for longer than this is gone.
const SILENCE: Duration = Duration::from_secs(75);
/// Frames of one connection a second, on average.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(5).expect("5 is not zero");
/// Frames of one connection at once.
const BURST: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");
/// Lines of history that a returning visitor gets.
const HISTORY: u32 = 60;

/// Upgrades the connection, if the business has a widget.
#[handler]
pub(crate) async fn socket(
    request: &Request,
    Path(slug): Path<String>,
    Data(app): Data<&App>,
) -> Result<Response, ApiError> {
    app.widget_limit.admit(request)?;
    let tenant = open_tenant(app, &slug).await?;
    let socket = WebSocket::from_request_without_body(request)
        .await
        .map_err(|_| ApiError::new(Code::WebSocketOnly))?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_FRAME * 2))
        .max_frame_size(Some(MAX_FRAME * 2));
    let (app, tenant) = (app.clone(), tenant.id);
    let upgraded = socket.config(config).on_upgrade(move |stream| async move {
        metrics::gauge!("ratiba_widget_connections").increment(1);
        Box::pin(Visit { app, tenant, slug }.serve(stream)).await;
        metrics::gauge!("ratiba_widget_connections").decrement(1);
    });
    Ok(upgraded.into_response())
}

/// Where one open connection leads. The stream is passed beside it: it can't be shared, and this can.
struct Visit {
    app: App,
    tenant: TenantId,
    slug: String,
}

/// The connection is over.
struct Gone;

impl Visit {
    async fn serve(self, mut stream: WebSocketStream) {
        let _over: Result<(), Gone> = self.talk(&mut stream).await;
        let goodbye = Message::Close(Some((CloseCode::Normal, String::new())));
        let _gone_already = stream.send(goodbye).await;
    }

    async fn talk(&self, stream: &mut WebSocketStream) -> Result<(), Gone> {
        let hello = tokio::time::timeout(HELLO, hello(stream)).await.map_err(|_| Gone)??;
        let (session, mut connection) = self.welcome(stream, hello).await?;
        let limiter: DefaultDirectRateLimiter =
            RateLimiter::direct(Quota::per_second(PER_SECOND).allow_burst(BURST));
        let stop = self.app.stop.clone();
        loop {
            let read = tokio::select! {
                () = stop.stopped() => return Ok(()),
                frame = connection.next() => {
                    send(stream, &frame.ok_or(Gone)?).await?;
                    continue;
                }
                read = tokio::time::timeout(SILENCE, stream.next()) => read,
            };
            let Some(text) = text_of(read.map_err(|_| Gone)?)? else { continue };
            let read = ClientFrame::read(&text);
            if limiter.check().is_err() {
                let client_id = read.ok().and_then(|frame| frame.client_id().map(str::to_owned));
                send(stream, &ServerFrame::Error { code: FrameError::TooFast, client_id }).await?;
                continue;
            }
            let frame = match read {
                Ok(frame) => frame,
                Err(code) => {
                    send(stream, &ServerFrame::Error { code, client_id: None }).await?;
                    continue;
                }
            };
            let answer = match frame {
                ClientFrame::Ping => Some(ServerFrame::Pong),
                ClientFrame::Hello { .. } => None,
                said => self.take(said, &session).await?,
            };
            if let Some(answer) = answer {
                send(stream, &answer).await?;
            }
        }
    }

    /// Finds out who it is and sends what they have missed. Connected first, so that nothing falls between.
    async fn welcome(
        &self,
        stream: &mut WebSocketStream,
        (token, last_id): (Option<String>, Option<String>),
    ) -> Result<(Session, Connection), Gone> {
        let now = self.app.ratiba.now();
        let sessions = &self.app.widget.sessions;
        let known = token.and_then(|token| sessions.check(&self.slug, &token, now).ok());
        let returning = known.is_some();
        let (session, token) = match known {
            Some(session) => {
                let token = sessions.renew(&self.slug, &session, now);
                (session, token)
            }
            None => sessions.begin(&self.slug, Widget::chance(), now),
        };
        let connection = self.app.widget.hub.connect(&self.slug, &session.visitor);
        let history =
            if returning { self.history(&session, last_id.as_deref()).await } else { Vec::new() };
        send(stream, &ServerFrame::Welcome { token, history }).await?;
        Ok((session, connection))
    }

    /// What was said after `last_id`. A failing store leaves it empty: the conversation can go on.
    async fn history(&self, session: &Session, last_id: Option<&str>) -> Vec<Shown> {
        let identity = Identity { channel: ChannelKind::Web, external_id: session.visitor.clone() };
        let store = self.app.ratiba.store().of(self.tenant);
        let lines = async {
            match store.customer_by_identity(&identity).await? {
                Some(customer) => store.transcript(customer.id, HISTORY).await,
                None => Ok(Vec::new()),
            }
        };
        match lines.await {
            Ok(lines) => after(lines, last_id),
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "a returning visitor's history can't be read");
                Vec::new()
            }
        }
    }

    /// Stores what was said, then acknowledges it.
    async fn take(
        &self,
        frame: ClientFrame,
        session: &Session,
    ) -> Result<Option<ServerFrame>, Gone> {
        let client_id = frame.client_id().map(str::to_owned);
        let refused = |code| Some(ServerFrame::Error { code, client_id: client_id.clone() });
        let message = match heard(frame, &self.slug, &session.visitor, self.app.ratiba.now()) {
            Ok(Some(message)) => message,
            Ok(None) => return Ok(None),
            Err(code) => return Ok(refused(code)),
        };
        match self.app.ratiba.receive(message).await {
            Ok(_) => Ok(client_id.map(|client_id| ServerFrame::Ack { client_id })),
            // The business has left while its widget was open.
            Err(ReceiveError::UnknownAccount) => Err(Gone),
            Err(error) => {
                tracing::error!(error = %Chain(&error), "what a visitor said was not taken");
                Ok(refused(FrameError::TryAgain))
            }
        }
    }
}

/// Waits for the first frame; anything else that is said meanwhile is refused.
async fn hello(stream: &mut WebSocketStream) -> Result<(Option<String>, Option<String>), Gone> {
    loop {
        let read = stream.next().await;
        let Some(text) = text_of(read)? else { continue };
        let code = match ClientFrame::read(&text) {
            Ok(ClientFrame::Hello { token, last_id }) => return Ok((token, last_id)),
            Ok(_) => FrameError::HelloFirst,
            Err(code) => code,
        };
        send(stream, &ServerFrame::Error { code, client_id: None }).await?;
    }
}

async fn send(stream: &mut WebSocketStream, frame: &ServerFrame) -> Result<(), Gone> {
    let sending = stream.send(Message::Text(frame.write()));
    // Whoever stops reading holds nothing up.
    tokio::time::timeout(SILENCE, sending).await.map_err(|_| Gone)?.map_err(|_| Gone)
}

/// The text that was read; `None` for what needs no answer.
fn text_of(read: Option<Result<Message, std::io::Error>>) -> Result<Option<String>, Gone> {
    match read {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => Ok(None),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Gone),
    }
}

/// The lines after one id, as the widget shows them. Inbox and outbox ids share one order behind their prefixes.
fn after(lines: Vec<TranscriptLine>, last_id: Option<&str>) -> Vec<Shown> {
    fn order(id: &str) -> &str {
        id.rsplit('_').next().unwrap_or(id)
    }
    let last = last_id.map(order);
    lines
        .into_iter()
        .filter(|line| last.is_none_or(|last| order(&line.id) > last))
        .map(|line| Shown {
            id: line.id,
            by: match line.by {
                Speaker::Customer => By::Visitor,
                Speaker::Business => By::Agent,
            },
            text: line.reply.text,
            choices: line.reply.choices,
            link: line.reply.link,
            asks_phone: line.reply.asks_phone,
            at: line.at,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ratiba_core::domain::message::Reply;

    use super::*;

    #[test]
    fn history_begins_after_what_the_widget_has_whoever_said_it() {
        let line = |id: &str, by| TranscriptLine {
            id: id.to_owned(),
            by,
            reply: Reply::text(id),
            at: jiff::Timestamp::UNIX_EPOCH,
            delivery: None,
        };
        let lines = || {
            vec![
                line("inb_01A", Speaker::Customer),
                line("out_01B", Speaker::Business),
                line("inb_01C", Speaker::Customer),
            ]
        };
        let ids = |last| after(lines(), last).into_iter().map(|s| s.id).collect::<Vec<_>>();
        assert_eq!(ids(Some("out_01B")), ["inb_01C"]);
        assert_eq!(ids(None).len(), 3);
    }
}
