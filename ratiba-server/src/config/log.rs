//! What to log and in which form: `RATIBA_LOG`.

use std::io::IsTerminal as _;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{EnvFilter, ParseError};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LogFormat {
    /// For people; the default on a terminal.
    #[default]
    Text,
    /// One JSON object a line, for machines; the default elsewhere.
    Json,
}

/// `RATIBA_LOG`: an optional `json` or `text`, then a level or directives, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LogSettings {
    /// The form; `None` decides by whether stderr is a terminal.
    pub format: Option<LogFormat>,
    /// A level or directives as `tracing` reads them.
    pub filter: String,
}

impl LogSettings {
    /// Reads `json,info,ratiba_core=debug`; without directives `default` applies.
    pub fn parse(text: &str, default: &str) -> Result<Self, ParseError> {
        let (format, rest) = match text.split_once(',').unwrap_or((text, "")) {
            ("json", rest) => (Some(LogFormat::Json), rest),
            ("text", rest) => (Some(LogFormat::Text), rest),
            _ => (None, text),
        };
        let filter = if rest.trim().is_empty() { default } else { rest };
        EnvFilter::builder().parse(filter)?;
        Ok(Self { format, filter: filter.to_owned() })
    }

    /// Sends log lines to stderr from here on. A second call in one process changes nothing.
    pub fn install(&self) {
        let filter = EnvFilter::builder().parse_lossy(&self.filter);
        let format = self.format.unwrap_or_else(|| {
            if std::io::stderr().is_terminal() { LogFormat::Text } else { LogFormat::Json }
        });
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines = match format {
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
            LogFormat::Text => lines.compact().boxed(),
        };
        // Lines and spans are chosen apart: a quiet log may go with every span, and the other way round.
        let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter));
        #[cfg(feature = "otel")]
        let subscriber = subscriber.with(crate::otel::layer());
        // The only failure is that a subscriber is set already, which is the embedding process's choice.
        let _already_set = subscriber.try_init();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_may_stand_before_the_directives() {
        let both = LogSettings::parse("json,info,ratiba_core=debug", "warn").unwrap();
        assert_eq!(both.format, Some(LogFormat::Json));
        assert_eq!(both.filter, "info,ratiba_core=debug");
        assert_eq!(LogSettings::parse("json", "warn").unwrap().filter, "warn");
        assert_eq!(LogSettings::parse("debug", "warn").unwrap().format, None);
        assert!(LogSettings::parse("ratiba_core=loudly", "warn").is_err());
    }
}
