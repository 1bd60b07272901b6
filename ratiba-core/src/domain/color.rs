//! A colour as web pages write it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `#rrggbb`, in lower case. Nothing else fits, so that it may stand in a page as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color(String);

/// The text is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written as `#` and six hex digits, such as #1f4d3a")]
pub struct ColorError;

impl Color {
    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Color {
    type Err = ColorError;

    fn from_str(text: &str) -> Result<Self, ColorError> {
        let digits = text.trim().strip_prefix('#').ok_or(ColorError)?;
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(format!("#{}", digits.to_ascii_lowercase())))
        } else {
            Err(ColorError)
        }
    }
}

impl TryFrom<String> for Color {
    type Error = ColorError;

    fn try_from(text: String) -> Result<Self, ColorError> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.0
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_hex_digits_are_a_colour() {
        assert_eq!("#1F4D3A".parse::<Color>().unwrap().as_str(), "#1f4d3a");
        for wrong in
            ["", "red", "#fff", "#1f4d3", "#1f4d3a80", "#12345g", "#é1234", "1f4d3a\" onload"]
        {
            assert_eq!(wrong.parse::<Color>(), Err(ColorError), "{wrong}");
        }
    }
}
