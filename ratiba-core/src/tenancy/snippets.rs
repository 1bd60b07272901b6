//! The snippets that a new tenant begins with: only what its own rules say, so that nothing is promised that the owner has not set.

use jiff::Timestamp;

use crate::domain::catalogue::DepositRule;
use crate::domain::id::Mint;
use crate::domain::knowledge::{Snippet, SnippetKind};
use crate::domain::message::Language;
use crate::domain::tenant::Business;

/// Snippets of ids from here on.
const FIRST_ID: u32 = 300;

/// Cancellation and payment, in both languages.
pub(super) fn starters(business: &Business, mint: Mint, at: Timestamp) -> Vec<Snippet> {
    let hours = business.settings.cancel.free_until_hours;
    let (pay_en, pay_sw) = match business.settings.payment.deposit {
        DepositRule::None => {
            ("You pay at our place, after your appointment.", "Unalipa kwetu, baada ya huduma.")
        }
        DepositRule::Full => {
            ("You pay the full price when you book.", "Unalipa bei yote unapoweka nafasi.")
        }
        DepositRule::Fixed(_) | DepositRule::Percent(_) => (
            "You pay a deposit when you book and the rest at our place.",
            "Unalipa sehemu ya bei unapoweka nafasi, na salio kwetu.",
        ),
    };
    let texts = [
        (
            Language::En,
            "Cancellation policy",
            format!(
                "You can cancel or move your appointment free of charge until {hours} hours before it starts."
            ),
        ),
        (
            Language::Sw,
            "Sera ya kughairi",
            format!(
                "Unaweza kughairi au kubadilisha miadi bila malipo hadi saa {hours} kabla ya kuanza."
            ),
        ),
        (Language::En, "Payment", pay_en.to_owned()),
        (Language::Sw, "Malipo", pay_sw.to_owned()),
    ];
    texts
        .into_iter()
        .zip(FIRST_ID..)
        .map(|((language, title, body), id)| Snippet {
            id: mint.id(id),
            kind: SnippetKind::Policy,
            title: title.to_owned(),
            body,
            language,
            active: true,
            updated_at: at,
        })
        .collect()
}
