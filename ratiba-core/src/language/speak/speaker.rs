//! The speaker: the lines of a turn in, one reply out.

use std::fmt;

use jiff::Timestamp;

use super::bundle::Texts;
use super::compose;
use super::context::Context;
use super::lines;
use crate::conversation::line::Line;
use crate::domain::channel::Capabilities;
use crate::domain::customer::Customer;
use crate::domain::message::{Language, Reply};
use crate::domain::tenant::Business;

/// Says lines in words. Holds the parsed messages of both languages: build it once and share it.
///
/// ```
/// use ratiba_core::conversation::line::Line;
/// use ratiba_core::language::speak::Speaker;
/// # use ratiba_core::language::speak::Voice;
/// # fn reply(voice: &Voice<'_>) {
/// let speaker = Speaker::new();
/// let reply = speaker.compose(&[Line::Greeting, Line::HowCanIHelp], voice);
/// assert!(!reply.text.is_empty() && !reply.choices.is_empty());
/// # }
/// ```
pub struct Speaker {
    texts: Texts,
}

/// To whom, for whom, in which language and over what a reply is said.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// The language to say it in.
    pub language: Language,
    /// In whose name; its dials, its catalogue, its time zone.
    pub business: &'a Business,
    /// To whom.
    pub customer: &'a Customer,
    /// What the channel can show; where it shows nothing, everything is said for the ear.
    pub capabilities: Capabilities,
    /// Now, so that "tomorrow" is right.
    pub now: Timestamp,
}

impl Speaker {
    /// Parses the messages.
    pub fn new() -> Self {
        Self { texts: Texts::load() }
    }

    /// One reply from all lines of a turn: natural paragraphs, at most 900 characters, and the choices of the last question.
    ///
    /// Choice titles have at most 24 characters, those of yes and no at most 20, so that no channel has to cut them. For a
    /// channel without rich media the text is made for the ear: at most two sentences, numbers and times in words, no
    /// addresses, and the choices named in the question; `choices` still lists them, so that an answer can be matched.
    pub fn compose(&self, lines: &[Line], voice: &Voice<'_>) -> Reply {
        let context = self.context(voice);
        let parts = lines.iter().map(|line| lines::put(line, &context)).collect();
        compose::reply(parts, &context)
    }

    pub(super) fn context<'a>(&'a self, voice: &'a Voice<'a>) -> Context<'a> {
        Context::new(&self.texts, voice)
    }
}

impl Default for Speaker {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Speaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Speaker")
    }
}
