//! Message templates: wordings that a provider has approved, for writing to somebody outside of an open conversation.

use serde::{Deserialize, Serialize};

use super::message::Language;
use super::route::Purpose;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplatePurpose {
    /// Reminders of a booking.
    Reminder,
    /// Everything else that a customer should know.
    Notice,
    /// Pages and notes to the owners.
    Page,
}

impl From<Purpose> for TemplatePurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Reply => Self::Notice,
            Purpose::Reminder => Self::Reminder,
        }
    }
}

/// Where a template stands with the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    /// Not looked at yet.
    Pending,
    /// May be used.
    Approved,
    /// Not at the moment: its quality was rated low.
    Paused,
    /// Never.
    Rejected,
}

/// One template of a tenant. The body of a reminder takes one parameter, the words; that of a notice or a page two, the business's name and the
/// words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name at the provider.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// What it is for.
    pub purpose: TemplatePurpose,
    /// Where it stands.
    pub status: TemplateStatus,
}

impl Template {
    /// Whether it may be sent.
    pub fn is_usable(&self) -> bool {
        self.status == TemplateStatus::Approved
    }
}

/// The longest parameter: a template's body with all that is filled in has at most 1024 characters.
const LONGEST: usize = 800;

/// Words as a parameter of a template: WhatsApp refuses line breaks, tabs and more than four spaces in a row.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_one_line_of_bounded_length() {
        assert_eq!(
            one_line(" Kesho\n\nsaa tisa\t\t alasiri     hapa "),
            "Kesho saa tisa alasiri hapa"
        );
        let long = one_line(&"neno ".repeat(500));
        assert!(long.chars().count() <= LONGEST && long.ends_with('…'));
    }
}
