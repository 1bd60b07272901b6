//! How a tenant's agent sounds: eight dials, a full default block per vertical, overridden dial by dial.

use serde::{Deserialize, Serialize};

/// The kind of business, which gives the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
pub enum Vertical {
    Spa,
    Salon,
    Barbershop,
    DentalClinic,
    MedicalClinic,
    Fitness,
    NailsAndBeauty,
    Tutoring,
}

impl Vertical {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Spa,
        Self::Salon,
        Self::Barbershop,
        Self::DentalClinic,
        Self::MedicalClinic,
        Self::Fitness,
        Self::NailsAndBeauty,
        Self::Tutoring,
    ];

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spa => "spa",
            Self::Salon => "salon",
            Self::Barbershop => "barbershop",
            Self::DentalClinic => "dental_clinic",
            Self::MedicalClinic => "medical_clinic",
            Self::Fitness => "fitness",
            Self::NailsAndBeauty => "nails_and_beauty",
            Self::Tutoring => "tutoring",
        }
    }

    /// The vertical of a name, with `-`, `_` or spaces between the words.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        Self::ALL.into_iter().find(|v| v.as_str() == name)
    }

    /// The full default block.
    pub fn default_dials(self) -> Dials {
        let (tone, honorific, cancellation, cross_sell, emoji, upsell) = match self {
            Self::Salon | Self::NailsAndBeauty | Self::Spa => (
                Tone::Warm,
                Honorific::FirstName,
                CancellationTone::Forgiving,
                CrossSell::RelatedOnly,
                Emoji::Light,
                Upsell::SuggestOnceAfterConfirm,
            ),
            Self::Barbershop => (
                Tone::Playful,
                Honorific::FirstName,
                CancellationTone::Neutral,
                CrossSell::RelatedOnly,
                Emoji::Light,
                Upsell::SuggestOnceAfterConfirm,
            ),
            Self::DentalClinic | Self::MedicalClinic => (
                Tone::Professional,
                Honorific::FormalEn,
                CancellationTone::Neutral,
                CrossSell::Never,
                Emoji::None,
                Upsell::Never,
            ),
            Self::Fitness => (
                Tone::Playful,
                Honorific::FirstName,
                CancellationTone::Firm,
                CrossSell::RelatedOnly,
                Emoji::Light,
                Upsell::SuggestOnceAfterConfirm,
            ),
            Self::Tutoring => (
                Tone::Professional,
                Honorific::FirstName,
                CancellationTone::Neutral,
                CrossSell::Never,
                Emoji::None,
                Upsell::Never,
            ),
        };
        Dials {
            tone,
            greeting: Greeting::DefaultBilingual,
            upsell,
            cancellation_tone: cancellation,
            honorific,
            cross_sell,
            language: LanguageDial::MirrorCustomer,
            emoji,
        }
    }
}

/// A full set of dials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dials {
    /// How it sounds.
    pub tone: Tone,
    /// The first words.
    pub greeting: Greeting,
    /// When it suggests a second service.
    pub upsell: Upsell,
    /// How strict it is about cancelling.
    pub cancellation_tone: CancellationTone,
    /// How it addresses people.
    pub honorific: Honorific,
    /// Which second services it may suggest.
    pub cross_sell: CrossSell,
    /// Which language it answers in.
    pub language: LanguageDial,
    /// How many emoji it uses.
    pub emoji: Emoji,
}

/// What a tenant has set for itself; an empty dial inherits its vertical's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DialOverrides {
    /// See [`Dials::tone`].
    pub tone: Option<Tone>,
    /// See [`Dials::greeting`].
    pub greeting: Option<Greeting>,
    /// See [`Dials::upsell`].
    pub upsell: Option<Upsell>,
    /// See [`Dials::cancellation_tone`].
    pub cancellation_tone: Option<CancellationTone>,
    /// See [`Dials::honorific`].
    pub honorific: Option<Honorific>,
    /// See [`Dials::cross_sell`].
    pub cross_sell: Option<CrossSell>,
    /// See [`Dials::language`].
    pub language: Option<LanguageDial>,
    /// See [`Dials::emoji`].
    pub emoji: Option<Emoji>,
}

impl DialOverrides {
    /// The dials in force.
    pub fn over(&self, vertical: Vertical) -> Dials {
        let base = vertical.default_dials();
        let Self {
            tone,
            greeting,
            upsell,
            cancellation_tone,
            honorific,
            cross_sell,
            language,
            emoji,
        } = self.clone();
        Dials {
            tone: tone.unwrap_or(base.tone),
            greeting: greeting.unwrap_or(base.greeting),
            upsell: upsell.unwrap_or(base.upsell),
            cancellation_tone: cancellation_tone.unwrap_or(base.cancellation_tone),
            honorific: honorific.unwrap_or(base.honorific),
            cross_sell: cross_sell.unwrap_or(base.cross_sell),
            language: language.unwrap_or(base.language),
            emoji: emoji.unwrap_or(base.emoji),
        }
    }
}

macro_rules! dial {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
    };
}

dial! {
    /// How the agent sounds.
    Tone {
        /// Friendly and close.
        Warm,
        /// Short and correct.
        Professional,
        /// Light, with a little street.
        Playful,
    }
}
dial! {
    /// When the agent suggests a second service; which one, the dial `cross_sell` says. Where either says never, there is no offer.
    Upsell {
        /// Not at all.
        Never,
        /// Once, when the customer has agreed.
        SuggestOnceAfterConfirm,
        /// While a time is looked for; where the customer named one at once, when they have agreed.
        SuggestDuringSlotCollection,
    }
}
dial! {
    /// How strict the agent is about cancelling.
    CancellationTone {
        /// Makes it easy.
        Forgiving,
        /// States the policy.
        Neutral,
        /// Stresses the policy.
        Firm,
    }
}
dial! {
    /// How the agent addresses people.
    Honorific {
        /// "Wanjiru".
        FirstName,
        /// "Ms Wanjiru" or plain "you", formal English.
        FormalEn,
        /// "Bi Wanjiru", "Bw Otieno", formal Swahili.
        FormalSw,
    }
}
dial! {
    /// Which second services the agent may offer.
    CrossSell {
        /// None at all.
        Never,
        /// Only what the owner or the catalogue has related.
        RelatedOnly,
        /// Related services, and those whose relation is read backwards.
        FullSuggest,
    }
}
dial! {
    /// Which language the agent answers in.
    LanguageDial {
        /// The customer's.
        MirrorCustomer,
        /// English, whatever the customer writes.
        PreferEn,
        /// Swahili, whatever the customer writes.
        PreferSw,
    }
}
dial! {
    /// How many emoji the agent uses.
    Emoji {
        /// None at all.
        None,
        /// One where it helps.
        Light,
        /// Freely.
        Expressive,
    }
}

/// The first words of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Greeting {
    /// Ours, in both languages.
    DefaultBilingual,
    /// The owner's own, at most 140 characters.
    Own(String),
}

/// The owner's greeting is longer than 140 characters, or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a greeting has 1 to 140 characters")]
pub struct GreetingError;

impl TryFrom<String> for Greeting {
    type Error = GreetingError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.trim() {
            "default-bilingual" => Ok(Self::DefaultBilingual),
            own if own.is_empty() || own.chars().count() > 140 => Err(GreetingError),
            own => Ok(Self::Own(own.to_owned())),
        }
    }
}

impl From<Greeting> for String {
    fn from(greeting: Greeting) -> Self {
        match greeting {
            Greeting::DefaultBilingual => "default-bilingual".to_owned(),
            Greeting::Own(text) => text,
        }
    }
}
