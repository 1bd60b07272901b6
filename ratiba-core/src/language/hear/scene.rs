//! One message while it is being read: its tokens, and which of them somebody has already explained.

use std::ops::Range;

use super::text::Tokens;

/// A message being read.
#[derive(Debug)]
pub(super) struct Scene<'t> {
    /// The message, cut and looked up.
    pub(super) tokens: Tokens<'t>,
    claimed: Vec<bool>,
    greetings: Vec<bool>,
}

impl<'t> Scene<'t> {
    /// A message whose tokens are looked up and not yet explained.
    pub(super) fn new(tokens: Tokens<'t>) -> Self {
        let (claimed, greetings) = (vec![false; tokens.len()], vec![false; tokens.len()]);
        Self { tokens, claimed, greetings }
    }

    /// Marks tokens as explained.
    pub(super) fn claim(&mut self, span: Range<usize>) {
        for flag in self.claimed.iter_mut().take(span.end).skip(span.start) {
            *flag = true;
        }
    }

    /// True when the token is explained.
    pub(super) fn is_claimed(&self, index: usize) -> bool {
        self.claimed.get(index).copied().unwrap_or(false)
    }

    /// Marks tokens as part of a greeting ("habari za asubuhi"), which says nothing of when to come.
    pub(super) fn greet(&mut self, span: Range<usize>) {
        for flag in self.greetings.iter_mut().take(span.end).skip(span.start) {
            *flag = true;
        }
        self.claim(span);
    }

    /// True when the token is part of a greeting.
    pub(super) fn is_greeting(&self, index: usize) -> bool {
        self.greetings.get(index).copied().unwrap_or(false)
    }

    /// A scene without a tenant, for tests of single readers.
    #[cfg(test)]
    pub(super) fn bare(text: &'t str) -> Self {
        let mut tokens = Tokens::cut(text);
        super::lexicon::tag(&mut tokens, |_| false);
        Self::new(tokens)
    }
}
