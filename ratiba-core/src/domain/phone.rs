//! Phone numbers in E.164, parsed the way people in each country write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The countries that tenants live in; decides how a number without a country code is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Country {
    /// Kenya.
    Ke,
    /// Uganda.
    Ug,
    /// Tanzania.
    Tz,
    /// Rwanda.
    Rw,
}

impl Country {
    /// The calling code without `+`.
    pub const fn calling_code(self) -> &'static str {
        match self {
            Self::Ke => "254",
            Self::Ug => "256",
            Self::Tz => "255",
            Self::Rw => "250",
        }
    }

    /// First digits of a mobile subscriber number (nine digits long in all four countries).
    const fn mobile_starts(self) -> &'static [u8] {
        match self {
            Self::Ke => b"71",
            Self::Ug | Self::Rw => b"7",
            Self::Tz => b"67",
        }
    }
}

/// A phone number in E.164, such as `+254712345678`. Debug and log output show only the last three digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// The text is not a phone number that can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Something other than digits and the usual separators.
    #[error("a phone number has digits only")]
    NotDigits,
    /// Too short or too long for the country.
    #[error("the number of digits fits no phone number")]
    Length,
    /// A landline or special number where a mobile one is needed.
    #[error("this is not a mobile number")]
    NotMobile,
}

impl Phone {
    /// Reads a number as people of `country` write it: `0712 345 678`, `712345678`, `254 712…`, `+254-712…`.
    ///
    /// Numbers of other countries need their `+` and are accepted by length only (ITU-T E.164: 8 to 15 digits).
    pub fn parse(text: &str, country: Country) -> Result<Self, PhoneError> {
        let trimmed = text.trim();
        let international = trimmed.starts_with('+') || trimmed.starts_with("00");
        let mut digits = String::with_capacity(15);
        for c in trimmed.chars() {
            match c {
                '0'..='9' => digits.push(c),
                '+' if digits.is_empty() => {}
                ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2011}' | '\u{200e}'
                | '\u{202a}' | '\u{202c}' => {}
                _ => return Err(PhoneError::NotDigits),
            }
        }
        if let Some(rest) = digits.strip_prefix("00").filter(|_| international) {
            digits = rest.to_owned();
        }
        let code = country.calling_code();
        let local = match digits.strip_prefix(code) {
            // `+254 0712…` is a common slip: the trunk zero after the country code.
            Some(rest) if rest.len() == 9 || (rest.len() == 10 && rest.starts_with('0')) => {
                Some(rest.trim_start_matches('0'))
            }
            Some(_) | None if international => None,
            Some(_) | None if digits.len() == 10 && digits.starts_with('0') => {
                digits.strip_prefix('0')
            }
            Some(_) | None if digits.len() == 9 => Some(digits.as_str()),
            Some(_) | None => return Err(PhoneError::Length),
        };
        match local {
            Some(subscriber) if subscriber.len() != 9 => Err(PhoneError::Length),
            Some(subscriber) if !country.mobile_starts().contains(&subscriber.as_bytes()[0]) => {
                Err(PhoneError::NotMobile)
            }
            Some(subscriber) => Ok(Self(format!("+{code}{subscriber}"))),
            None if digits.starts_with(code) || !(8..=15).contains(&digits.len()) => {
                Err(PhoneError::Length)
            }
            None => Ok(Self(format!("+{digits}"))),
        }
    }

    /// Reads a complete number as a provider sends it: digits with or without `+`.
    pub fn from_provider(text: &str) -> Result<Self, PhoneError> {
        let digits = text.trim().trim_start_matches('+');
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneError::NotDigits);
        }
        if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
            return Err(PhoneError::Length);
        }
        Ok(Self(format!("+{digits}")))
    }

    /// `+254712345678`.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// `254712345678`, the form that Daraja and WhatsApp use.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// `…678`, for logs and for people who may know that there is a number but not which.
    pub fn masked(&self) -> String {
        format!("…{}", &self.0[self.0.len() - 3..])
    }

    /// The national form that people of the country recognise: `0712 345 678`; other countries stay international.
    pub fn national(&self, country: Country) -> String {
        match self.digits().strip_prefix(country.calling_code()) {
            Some(rest) if rest.len() == 9 => {
                format!("0{} {} {}", &rest[..3], &rest[3..6], &rest[6..])
            }
            Some(_) | None => self.0.clone(),
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_provider(&text)
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_provider(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kenyan_ways_of_writing_one_number_agree() {
        for text in [
            "0712 345 678",
            "+254712345678",
            "254 712-345-678",
            "712345678",
            "00254712345678",
            "+254 0712 345678",
            "(0712) 345.678",
        ] {
            assert_eq!(
                Phone::parse(text, Country::Ke).map(String::from),
                Ok("+254712345678".to_owned()),
                "{text}"
            );
        }
        assert_eq!(Phone::parse("0110345678", Country::Ke).unwrap().e164(), "+254110345678");
    }

    #[test]
    fn what_is_no_mobile_number_is_refused_with_its_reason() {
        assert_eq!(Phone::parse("020 2345678", Country::Ke), Err(PhoneError::NotMobile));
        assert_eq!(Phone::parse("0712 345", Country::Ke), Err(PhoneError::Length));
        assert_eq!(Phone::parse("my number", Country::Ke), Err(PhoneError::NotDigits));
        assert_eq!(Phone::parse("", Country::Ke), Err(PhoneError::Length));
        assert_eq!(Phone::parse("+25471234567", Country::Ke), Err(PhoneError::Length));
    }

    #[test]
    fn neighbours_need_their_country_code_and_debug_hides_the_number() {
        let ugandan = Phone::parse("+256 772 123456", Country::Ke).unwrap();
        assert_eq!(ugandan.e164(), "+256772123456");
        assert_eq!(format!("{ugandan:?}"), "Phone(…456)");
        assert_eq!(ugandan.national(Country::Ug), "0772 123 456");
    }
}
