//! Who plays in the demo: customers with their phones, and the businesses' numbers on WhatsApp.

use jiff::Timestamp;
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::id::Mint;
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::domain::phone::Phone;
use ratiba_core::ports::inbox::Cause;
use ratiba_core::ports::store::{LaneKey, NewInbox};

use super::seed::REGULARS;

/// A customer whose phone the page can show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Persona {
    /// Digits as WhatsApp has them.
    pub(super) phone: &'static str,
    /// As people write it.
    pub(super) shown: &'static str,
    /// The name on the profile.
    pub(super) name: &'static str,
}

impl Persona {
    /// Who they are to a business on a channel.
    pub(super) fn id_on(&self, channel: ChannelKind) -> String {
        match channel {
            ChannelKind::Instagram => format!("1784{}", self.phone),
            ChannelKind::Messenger => format!("5550{}", self.phone),
            _ => self.phone.to_owned(),
        }
    }
}

/// The channels that the page can show a chat of, the first one first.
pub(super) const CHANNELS: [ChannelKind; 3] =
    [ChannelKind::Whatsapp, ChannelKind::Instagram, ChannelKind::Messenger];

/// The first one is shown first.
pub(super) const PERSONAS: [Persona; 3] = [
    Persona { phone: "254712345678", shown: "0712 345 678", name: "Wanjiru" },
    Persona { phone: "254722900321", shown: "0722 900 321", name: "Otieno" },
    Persona { phone: "254701555888", shown: "0701 555 888", name: "Zawadi" },
];

/// What a demo tenant is on the outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shop {
    /// Its short name.
    pub(super) slug: &'static str,
    /// Its `phone_number_id`.
    pub(super) account: &'static str,
    /// Its Instagram account.
    pub(super) instagram: &'static str,
    /// Its page, for Messenger.
    pub(super) page: &'static str,
    /// Its number on WhatsApp.
    pub(super) number: &'static str,
    /// The `phone_number_id` of a second number that nobody has entered.
    pub(super) second_account: &'static str,
    /// That number, as people write it.
    pub(super) second_shown: &'static str,
    /// Its paybill.
    pub(super) shortcode: &'static str,
    /// How it is paid, for the switcher.
    pub(super) note: &'static str,
}

/// In the order of the switcher.
pub(super) const SHOPS: [Shop; 3] = [
    Shop {
        slug: "demo-barbershop",
        account: "106540352242911",
        instagram: "17841400000000001",
        page: "400015000000001",
        number: "254711000001",
        second_account: "106540352242921",
        second_shown: "0711 000 011",
        shortcode: "174379",
        note: "paid in full",
    },
    Shop {
        slug: "demo-salon",
        account: "106540352242912",
        instagram: "17841400000000002",
        page: "400015000000002",
        number: "254711000002",
        second_account: "106540352242922",
        second_shown: "0711 000 012",
        shortcode: "174380",
        note: "half as deposit",
    },
    Shop {
        slug: "demo-dental",
        account: "106540352242913",
        instagram: "17841400000000003",
        page: "400015000000003",
        number: "254711000003",
        second_account: "106540352242923",
        second_shown: "0711 000 013",
        shortcode: "174381",
        note: "paid at the clinic",
    },
];

/// The token with which an account may send; the stand-in knows it.
pub(super) fn token(account: &str) -> String {
    format!("demo-token-{account}")
}

/// Those who had booked before the demo began: as if each had written once, so that the diary knows their names.
pub(super) fn regulars(shop: &Shop, mint: Mint, now: Timestamp) -> Vec<NewInbox> {
    let somebody = |(n, name): (u32, &&str)| {
        let digits = format!("25471100{n:04}");
        let identity = Identity { channel: ChannelKind::Whatsapp, external_id: digits.clone() };
        let phone = Phone::from_provider(&digits).ok();
        let message = InboundMessage {
            provider_id: format!("seed-{n}"),
            address: Address {
                channel: ChannelKind::Whatsapp,
                account: shop.account.to_owned(),
                peer: digits,
            },
            identities: vec![identity.clone()],
            phone: phone.clone(),
            profile_name: Some((*name).to_owned()),
            sent_at: now,
            content: Content::Text { body: "Booked at the counter".to_owned() },
        };
        NewInbox {
            id: mint.id(n),
            lane: LaneKey::Sender {
                identities: vec![identity],
                phone,
                name: Some((*name).to_owned()),
                new: mint.id(n),
            },
            dedupe_key: message.provider_id.clone(),
            cause: Cause::Message { message: Box::new(message) },
            received_at: now,
        }
    };
    (1001..).zip(&REGULARS).map(somebody).collect()
}
