//! What one line becomes: some words, and what can be picked after them.

use crate::conversation::choice::Pick;
use crate::domain::message::{Choice, Link};
use crate::language::speak::say::list::cut;

/// The longest title that every channel's list row shows whole, in characters.
const MAX_TITLE: usize = 24;
/// The longest second line of a row, in characters.
const MAX_DESCRIPTION: usize = 72;

/// What one line becomes.
#[derive(Default)]
pub(super) struct Part {
    /// The words.
    pub(super) text: String,
    /// It asks; the choices of the last question of a turn stay.
    pub(super) asks: bool,
    /// It begins a paragraph, and what follows continues it.
    pub(super) opens: bool,
    /// What can be picked.
    pub(super) choices: Vec<Choice>,
    /// What opens the list of choices.
    pub(super) list_label: String,
    /// What the choices are called where they can't be shown; empty where the words themselves name them.
    pub(super) spoken_choices: Vec<String>,
    /// A page to go to.
    pub(super) link: Option<Link>,
    /// It asks for the customer's own number.
    pub(super) asks_phone: bool,
}

impl Part {
    /// Words that ask nothing.
    pub(super) fn says(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// A question without choices.
    pub(super) fn asks(text: String) -> Self {
        Self { text, asks: true, ..Self::default() }
    }

    /// With what can be picked; titles that were cut to the same become different again by their number.
    pub(super) fn offering(mut self, mut choices: Vec<Choice>, list_label: String) -> Self {
        for i in 1..choices.len() {
            let (earlier, later) = choices.split_at_mut(i);
            if earlier.iter().any(|choice| choice.title == later[0].title) {
                let title = cut(&later[0].title, MAX_TITLE - 4);
                later[0].title = format!("{title} {}", i + 1);
            }
        }
        self.choices = choices;
        self.list_label = list_label;
        self
    }

    /// The choices are spoken by their titles where they can't be shown.
    pub(super) fn naming_choices(mut self) -> Self {
        self.spoken_choices = self.choices.iter().map(|choice| choice.title.clone()).collect();
        self
    }
}

/// Something to pick with a short title.
pub(super) fn choice(pick: Pick, title: &str) -> Choice {
    Choice { id: pick.to_string(), title: cut(title, MAX_TITLE), description: None }
}

/// Something to pick with a title and a second line.
pub(super) fn described(pick: Pick, title: &str, description: &str) -> Choice {
    let description = cut(description, MAX_DESCRIPTION);
    Choice { description: (!description.is_empty()).then_some(description), ..choice(pick, title) }
}
