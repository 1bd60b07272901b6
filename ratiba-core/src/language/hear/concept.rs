//! What a word can stand for, as small sets: the alphabet in which cues and extractors are written.

/// One thing that a word can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum C {
    // What people do and want.
    Want,
    Can,
    Come,
    Book,
    Appt,
    Free,
    Cancel,
    Move,
    Change,
    Get,
    Do,
    Go,
    See,
    Know,
    Send,
    Talk,
    Call,
    Pay,
    Start,
    Open,
    Close,
    Work,
    // Questions.
    What,
    When,
    Where,
    Who,
    How,
    Which,
    Why,
    HowMany,
    If,
    // People.
    I,
    You,
    We,
    My,
    Your,
    Me,
    Person,
    Barber,
    Owner,
    // Answers and manners.
    Yes,
    No,
    Not,
    But,
    Or,
    And,
    Fine,
    Please,
    Greet,
    Thanks,
    Filler,
    Wait,
    Bye,
    // Things asked about.
    Price,
    Duration,
    Service,
    Stop,
    Message,
    Again,
    Topic,
    Policy,
    // Money.
    Card,
    Mpesa,
    Cash,
    Money,
    // Time.
    Saa,
    Num,
    Ordinal,
    Weekday,
    Month,
    Day,
    DayWord,
    Week,
    MonthWord,
    Weekend,
    DateWord,
    Part,
    Clock,
    Half,
    Quarter,
    QuarterTo,
    Minute,
    Hour,
    Meridiem,
    Oclock,
    After,
    Before,
    Between,
    From,
    To,
    At,
    About,
    Next,
    This,
    Every,
    Any,
    Soon,
    Past,
    Last,
    First,
    More,
    Other,
    // Forms of a Swahili verb.
    SubjI,
    SubjYou,
    ObjMe,
    Cond,
    PastForm,
    Infinitive,
    NegForm,
    Subjunctive,
    ServiceVerb,
    // Classes that the ear fills in per tenant.
    SvcWord,
    StaffWord,
    With,
    // Feelings.
    Good,
    Bad,
    Name,
    Number,
}

/// A set of concepts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Concepts(u128);

impl Concepts {
    /// The set of one.
    pub(super) const fn one(concept: C) -> Self {
        Self(1 << concept as u8)
    }

    /// The set of several.
    pub(super) const fn of(concepts: &[C]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < concepts.len() {
            bits |= 1 << concepts[i] as u8;
            i += 1;
        }
        Self(bits)
    }

    /// True when the concept is in the set.
    pub(super) const fn has(self, concept: C) -> bool {
        self.0 & (1 << concept as u8) != 0
    }

    /// True when the two share a concept.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both together.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True for the empty set.
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_concept_fits_into_the_set() {
        let set = Concepts::of(&[C::Want, C::Number]);
        assert!(set.has(C::Want) && set.has(C::Number) && !set.has(C::Can));
        assert!(Concepts::default().is_empty());
    }
}
