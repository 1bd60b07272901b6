//! How long a message is of use to whoever it is for. After that it is not sent any more: to hear of it late would be worse than not at all.

use jiff::{SignedDuration, Timestamp};

use super::channel::SessionWindow;

/// How long what is part of a talk is of use where the channel sets no limit: as long as WhatsApp leaves a conversation open.
const TALK: SignedDuration = SignedDuration::from_hours(24);
/// The same where somebody is on the line.
const CALL: SignedDuration = SignedDuration::from_mins(2);
/// How long a record of something that was agreed or paid is worth having, however late it comes.
const RECORD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What ends the use of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A moment: an appointment begins, a payment's window or an offer ends, a code becomes worthless.
    Before(Timestamp),
    /// The talk that it is part of goes cold, or what it is about begins.
    Talk {
        /// When what it is about begins, where it is about one thing.
        about: Option<Timestamp>,
    },
    /// Nothing for a long time: it tells what was agreed, called off, paid or given back.
    Record,
}

impl Use {
    /// Something said in a talk, about nothing that begins by itself.
    pub const TALK: Self = Self::Talk { about: None };

    /// Until when a message that is written now is of use to somebody who was last heard then on such a channel.
    pub fn until(
        self,
        now: Timestamp,
        heard: Option<Timestamp>,
        window: SessionWindow,
    ) -> Timestamp {
        match self {
            Self::Before(at) => at,
            Self::Record => now + RECORD,
            Self::Talk { about } => {
                let cold = match (window, heard) {
                    (SessionWindow::Unlimited, _) | (SessionWindow::Minutes(_), None) => now + TALK,
                    (SessionWindow::WhileConnected, _) => now + CALL,
                    (SessionWindow::Minutes(minutes), Some(heard)) => {
                        let closes = heard + SignedDuration::from_mins(i64::from(minutes));
                        // Closed already: it goes another way, and how long that is of use has nothing to do with this window.
                        if closes > now { closes } else { now + TALK }
                    }
                };
                about.filter(|begins| *begins > now).map_or(cold, |begins| begins.min(cold))
            }
        }
    }

    /// Until when a message to somebody who needs no open conversation is of use: an owner.
    pub fn until_for_owner(self, now: Timestamp) -> Timestamp {
        self.until(now, None, SessionWindow::Unlimited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::UNIX_EPOCH;

    fn hours(hours: i64) -> Timestamp {
        NOON + SignedDuration::from_hours(hours)
    }

    fn on_whatsapp(what: Use, heard: i64) -> Timestamp {
        what.until(NOON, Some(hours(heard)), SessionWindow::Minutes(24 * 60))
    }

    #[test]
    fn what_a_moment_ends_is_of_use_until_then() {
        assert_eq!(on_whatsapp(Use::Before(hours(2)), -20), hours(2));
        assert_eq!(Use::Before(hours(90)).until_for_owner(NOON), hours(90));
    }

    #[test]
    fn a_talk_is_cold_when_its_window_closes() {
        assert_eq!(on_whatsapp(Use::TALK, 0), hours(24));
        assert_eq!(on_whatsapp(Use::TALK, -20), hours(4));
        // Written outside of the window, it goes by template or as a text.
        assert_eq!(on_whatsapp(Use::TALK, -30), hours(24));
        assert_eq!(Use::TALK.until(NOON, Some(hours(-300)), SessionWindow::Unlimited), hours(24));
        let call = Use::TALK.until(NOON, Some(NOON), SessionWindow::WhileConnected);
        assert!(call > NOON && call < hours(1));
    }

    #[test]
    fn a_question_is_of_no_use_once_what_it_is_about_has_begun() {
        assert_eq!(on_whatsapp(Use::Talk { about: Some(hours(3)) }, 0), hours(3));
        assert_eq!(on_whatsapp(Use::Talk { about: Some(hours(99)) }, 0), hours(24));
        // What is said about something that has begun is no question about it.
        assert_eq!(on_whatsapp(Use::Talk { about: Some(hours(-1)) }, 0), hours(24));
    }

    #[test]
    fn a_record_outlives_every_window() {
        assert_eq!(on_whatsapp(Use::Record, -23), hours(7 * 24));
    }
}
