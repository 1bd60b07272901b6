//! Personal data is taken out of a text before a model sees it, and put back into what comes of it.

use std::fmt;

/// A digit run at least this long is no time, price or date: it may be a phone, a card or an identity number.
const LONG_RUN: usize = 7;

/// A text whose personal data stand apart.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Masked {
    /// The text with placeholders such as `[PHONE_1]`.
    pub text: String,
    /// Placeholders with what they stand for.
    secrets: Vec<(String, String)>,
}

/// Does not show what was masked.
impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masked({} bytes, {} places)", self.text.len(), self.secrets.len())
    }
}

impl Masked {
    /// Masks phones and other long numbers, e-mail addresses, and the names given. The same value gets the same placeholder.
    pub fn new(text: &str, names: &[&str]) -> Self {
        let mut masked = Self::default();
        let text = masked.emails(text);
        let text = masked.numbers(&text);
        masked.text = masked.names(&text, names);
        masked
    }

    /// Masks one more text with the placeholders so far.
    pub fn also(&mut self, text: &str, names: &[&str]) -> String {
        let text = self.emails(text);
        let text = self.numbers(&text);
        self.names(&text, names)
    }

    /// Puts back what the placeholders stand for.
    pub fn restore(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (placeholder, secret) in &self.secrets {
            text = text.replace(placeholder, secret);
        }
        text
    }

    /// How many values were masked.
    pub fn places(&self) -> usize {
        self.secrets.len()
    }

    fn placeholder(&mut self, kind: &str, secret: &str) -> String {
        if let Some((known, _)) = self
            .secrets
            .iter()
            .find(|(known, s)| s == secret && known.trim_start_matches('[').starts_with(kind))
        {
            return known.clone();
        }
        let n = self.secrets.iter().filter(|(known, _)| known[1..].starts_with(kind)).count() + 1;
        let placeholder = format!("[{kind}_{n}]");
        self.secrets.push((placeholder.clone(), secret.to_owned()));
        placeholder
    }

    fn emails(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for (n, word) in text.split(' ').enumerate() {
            if n > 0 {
                out.push(' ');
            }
            let core = word.trim_matches(|c: char| !c.is_alphanumeric());
            let is_email = core
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
            if is_email {
                out.push_str(&word.replacen(core, &self.placeholder("EMAIL", core), 1));
            } else {
                out.push_str(word);
            }
        }
        out
    }

    /// Long runs of digits, with spaces, hyphens, dots or brackets between them, and a plus before them. A date is none.
    fn numbers(&mut self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < chars.len() {
            let plus = chars[at] == '+' && chars.get(at + 1).is_some_and(char::is_ascii_digit);
            if !plus && !chars[at].is_ascii_digit() {
                out.push(chars[at]);
                at += 1;
                continue;
            }
            let mut end = at + usize::from(plus);
            while end < chars.len() && (chars[end].is_ascii_digit() || joins(&chars, end)) {
                end += 1;
            }
            let run: String = chars[at..end].iter().collect();
            let digits = run.chars().filter(char::is_ascii_digit).count();
            if digits >= LONG_RUN && !is_date(&run) {
                let kind = if (9..=13).contains(&digits) { "PHONE" } else { "NUMBER" };
                let placeholder = self.placeholder(kind, &run);
                out.push_str(&placeholder);
            } else {
                out.push_str(&run);
            }
            at = end;
        }
        out
    }

    /// Whole words of the names, three letters and more, in any case.
    fn names(&mut self, text: &str, names: &[&str]) -> String {
        let words: Vec<String> = names
            .iter()
            .flat_map(|name| name.split_whitespace())
            .map(str::to_lowercase)
            .filter(|word| word.chars().count() >= 3)
            .collect();
        if words.is_empty() {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut word = String::new();
        // A bracket opens a placeholder, whose words stay.
        let mut inside = false;
        for c in text.chars().chain(std::iter::once('\0')) {
            if c.is_alphabetic() || c == '\'' {
                word.push(c);
                continue;
            }
            if !word.is_empty() {
                if !inside && words.contains(&word.to_lowercase()) {
                    let placeholder = self.placeholder("NAME", &word);
                    out.push_str(&placeholder);
                } else {
                    out.push_str(&word);
                }
                word.clear();
            }
            inside = match c {
                '[' => true,
                ']' => false,
                _ => inside,
            };
            if c != '\0' {
                out.push(c);
            }
        }
        out
    }
}

/// Whether a character stands between digits of one number.
fn joins(chars: &[char], at: usize) -> bool {
    matches!(chars[at], ' ' | '-' | '.' | '(' | ')' | '/')
        && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

/// `2026-11-24`, `24/11/2026`, `24.11.2026`: three groups of which one is a year and two are short.
fn is_date(run: &str) -> bool {
    let groups: Vec<&str> = run.split(['-', '/', '.', ' ']).collect();
    match groups.as_slice() {
        [a, b, c] => {
            let short = |g: &&str| (1..=2).contains(&g.len());
            (a.len() == 4 && short(b) && short(c)) || (short(a) && short(b) && c.len() == 4)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn personal_data_goes_and_comes_back() {
        let text = "Mimi Achieng, simu 0712 345 678 ama +254712345678, kitambulisho 28123456, a.b@c.co.ke; kesho saa 9, KES 2,500 on 24/11/2026";
        let masked = Masked::new(text, &["Achieng Otieno"]);
        for secret in ["Achieng", "0712", "712345678", "28123456", "a.b@c"] {
            assert!(!masked.text.contains(secret), "{secret}: {}", masked.text);
        }
        assert!(masked.text.contains("saa 9, KES 2,500 on 24/11/2026"), "{}", masked.text);
        assert_eq!(masked.restore(&masked.text), text);
    }

    #[test]
    fn the_same_value_gets_the_same_placeholder() {
        let masked = Masked::new("0712345678, I said 0712345678", &[]);
        assert_eq!(masked.text, "[PHONE_1], I said [PHONE_1]");
    }

    #[test]
    fn debug_shows_nothing() {
        assert!(!format!("{:?}", Masked::new("0712345678", &[])).contains("0712"));
    }

    proptest! {
        #[test]
        fn what_is_masked_is_restored(text in "[ -Z^-~]{0,80}") {
            let masked = Masked::new(&text, &["Amina"]);
            prop_assert_eq!(masked.restore(&masked.text), text);
        }

        #[test]
        fn no_long_number_is_left(text in "([0-9]{7,16}|[a-z ]{1,5}){1,5}") {
            let masked = Masked::new(&text, &[]);
            let mut run = 0;
            for c in masked.text.chars() {
                run = if c.is_ascii_digit() { run + 1 } else { 0 };
                prop_assert!(run < LONG_RUN, "{}", masked.text);
            }
        }
    }
}
