//! What somebody wants a new tenant to be, read into what it will be. Pure: every problem is found before anything is made.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::SecretString;
use serde::Deserialize;

use super::{snippets, starter};
use crate::domain::catalogue::Catalogue;
use crate::domain::channel::ChannelKind;
use crate::domain::dials::{DialOverrides, Vertical};
use crate::domain::hours::{DaySpan, HolidayRule, OpeningHours, WeekHours};
use crate::domain::id::Mint;
use crate::domain::message::Language;
use crate::domain::money::Currency;
use crate::domain::phone::{Country, Phone};
use crate::domain::tenant::{Business, Rail, Settings, Slug, Tenant, TenantStatus};
use crate::domain::time::MinuteOfDay;
use crate::ports::channel::ChannelAccount;
use crate::ports::payment::Merchant;
use crate::ports::store::NewTenant;

/// What a new tenant begins with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StarterCatalog {
    /// What businesses of the kind usually offer, inactive until there is a team and the owner has looked at the prices.
    #[default]
    Starter,
    /// Nothing.
    None,
}

/// An account on a channel as it is entered.
#[derive(Debug, Clone)]
pub struct WishedAccount {
    /// The channel's stored name.
    pub channel: String,
    /// The account: a WhatsApp `phone_number_id`, a page id, …
    pub account: String,
    /// Its access token.
    pub token: SecretString,
}

/// An account on a payment rail as it is entered.
#[derive(Debug, Clone)]
pub struct WishedMerchant {
    /// `mpesa` or `card`.
    pub rail: String,
    /// The rail's settings and secrets as one JSON document.
    pub credentials: SecretString,
}

/// A new tenant as it is entered: texts, nothing checked yet.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The short name.
    pub slug: String,
    /// The name that customers read.
    pub name: String,
    /// The kind of business.
    pub vertical: String,
    /// What it begins with.
    pub catalog: StarterCatalog,
    /// IANA time zone.
    pub zone: String,
    /// KES, UGX, TZS, RWF or USD.
    pub currency: String,
    /// KE, UG, TZ or RW.
    pub country: String,
    /// `en` or `sw`.
    pub locale: String,
    /// The owners' phones.
    pub admins: Vec<String>,
    /// Channel accounts beside the web widget's, which every tenant has under its short name.
    pub accounts: Vec<WishedAccount>,
    /// Accounts on payment rails.
    pub merchants: Vec<WishedMerchant>,
}

impl Wish {
    /// A wish with what most tenants have: Nairobi, shillings, English, a starter catalogue, the web widget.
    pub fn new(
        slug: impl Into<String>,
        name: impl Into<String>,
        vertical: impl Into<String>,
    ) -> Self {
        Self {
            slug: slug.into(),
            name: name.into(),
            vertical: vertical.into(),
            catalog: StarterCatalog::Starter,
            zone: "Africa/Nairobi".to_owned(),
            currency: "KES".to_owned(),
            country: "KE".to_owned(),
            locale: "en".to_owned(),
            admins: Vec::new(),
            accounts: Vec::new(),
            merchants: Vec::new(),
        }
    }
}

/// One thing that is wrong with a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishProblem {
    /// Which field.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// Everything that is wrong with a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishError {
    /// All of it, in order of the fields.
    pub problems: Vec<WishProblem>,
}

impl fmt::Display for WishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, WishProblem { field, problem }) in self.problems.iter().enumerate() {
            let gap = if n == 0 { "" } else { "; " };
            write!(f, "{gap}{field}: {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for WishError {}

/// Longest name of a business, in characters: it must fit into a list row of every channel.
const LONGEST_NAME: usize = 60;

/// Collects problems beside values.
#[derive(Default)]
struct Reader {
    problems: Vec<WishProblem>,
}

impl Reader {
    fn problem(&mut self, field: &'static str, problem: impl Into<String>) {
        self.problems.push(WishProblem { field, problem: problem.into() });
    }

    fn known<T>(
        &mut self,
        field: &'static str,
        text: &str,
        read: Option<T>,
        list: &str,
    ) -> Option<T> {
        if read.is_none() {
            self.problem(field, format!("`{text}` is none of {list}"));
        }
        read
    }
}

/// Reads a wish, or says everything that is wrong with it.
pub fn read(wish: &Wish, mint: Mint, at: Timestamp) -> Result<NewTenant, WishError> {
    let mut reader = Reader::default();
    let slug = match wish.slug.parse::<Slug>() {
        Ok(slug) => Some(slug),
        Err(error) => {
            reader.problem("slug", error.to_string());
            None
        }
    };
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        reader.problem("name", format!("a name has 1 to {LONGEST_NAME} characters"));
    }
    let kinds = Vertical::ALL.map(Vertical::as_str).join(", ");
    let vertical =
        reader.known("vertical", &wish.vertical, Vertical::from_name(&wish.vertical), &kinds);
    let zone =
        reader.known("zone", &wish.zone, TimeZone::get(&wish.zone).ok(), "IANA's time zones");
    let currency = Currency::from_code(&wish.currency.to_ascii_uppercase());
    let currency = reader.known("currency", &wish.currency, currency, "KES, UGX, TZS, RWF, USD");
    let country = match wish.country.to_ascii_uppercase().as_str() {
        "KE" => Some(Country::Ke),
        "UG" => Some(Country::Ug),
        "TZ" => Some(Country::Tz),
        "RW" => Some(Country::Rw),
        _ => None,
    };
    let country = reader.known("country", &wish.country, country, "KE, UG, TZ, RW");
    let locale = match wish.locale.as_str() {
        "en" => Some(Language::En),
        "sw" => Some(Language::Sw),
        _ => None,
    };
    let locale = reader.known("locale", &wish.locale, locale, "en, sw");
    let admins = admins(&mut reader, wish, country.unwrap_or(Country::Ke));
    let accounts = accounts(&mut reader, wish);
    let merchants = merchants(&mut reader, wish);
    let (Some(slug), Some(vertical), Some(zone), Some(currency), Some(country), Some(locale), true) =
        (slug, vertical, zone, currency, country, locale, reader.problems.is_empty())
    else {
        return Err(WishError { problems: reader.problems });
    };
    let tenant = Tenant {
        id: mint.id(0),
        slug: slug.clone(),
        name: name.to_owned(),
        vertical,
        locale,
        zone,
        country,
        currency,
        status: TenantStatus::Active,
    };
    let id = tenant.id;
    let web = (ChannelKind::Web, slug.as_str().to_owned(), SecretString::default());
    let business = Business {
        tenant,
        settings: Settings::default(),
        opening: usual_hours(),
        catalogue: match wish.catalog {
            StarterCatalog::None => Catalogue::default(),
            StarterCatalog::Starter => starter::catalogue(vertical, currency, mint),
        },
        dials: DialOverrides::default(),
        admins,
    };
    Ok(NewTenant {
        snippets: snippets::starters(&business, mint, at),
        business,
        accounts: std::iter::once(web)
            .chain(accounts)
            .map(|(channel, account, token)| ChannelAccount { tenant: id, channel, account, token })
            .collect(),
        merchants: merchants
            .into_iter()
            .map(|(rail, credentials)| Merchant { tenant: id, rail, credentials })
            .collect(),
        created_at: at,
    })
}

fn admins(reader: &mut Reader, wish: &Wish, country: Country) -> Vec<Phone> {
    let mut admins = Vec::new();
    for text in &wish.admins {
        match Phone::parse(text, country) {
            Ok(phone) if admins.contains(&phone) => {}
            Ok(phone) => admins.push(phone),
            Err(error) => reader.problem("admins", format!("`{text}`: {error}")),
        }
    }
    admins
}

type Account = (ChannelKind, String, SecretString);

fn accounts(reader: &mut Reader, wish: &Wish) -> Vec<Account> {
    let mut accounts = Vec::new();
    for WishedAccount { channel, account, token } in &wish.accounts {
        match ChannelKind::from_name(channel) {
            Some(ChannelKind::Web) => {
                reader.problem("accounts", "the web widget's account is made by itself");
            }
            Some(_) if account.trim().is_empty() => {
                reader.problem("accounts", format!("the account on {channel} has no id"));
            }
            Some(kind) => accounts.push((kind, account.trim().to_owned(), token.clone())),
            None => reader.problem("accounts", format!("`{channel}` is no channel")),
        }
    }
    accounts
}

/// The rail of a stored name.
pub fn rail(name: &str) -> Option<Rail> {
    [Rail::Mpesa, Rail::Card].into_iter().find(|rail| rail.as_str() == name)
}

fn merchants(reader: &mut Reader, wish: &Wish) -> BTreeMap<Rail, SecretString> {
    let mut merchants = BTreeMap::new();
    for WishedMerchant { rail: name, credentials } in &wish.merchants {
        match rail(name) {
            None => reader.problem("merchants", format!("`{name}` is none of mpesa, card")),
            Some(_) if !is_document(credentials) => {
                reader
                    .problem("merchants", format!("the credentials of {name} are no JSON object"));
            }
            Some(rail) => {
                if merchants.insert(rail, credentials.clone()).is_some() {
                    reader.problem("merchants", format!("{name} is given twice"));
                }
            }
        }
    }
    merchants
}

/// Whether credentials have the outer shape that every rail's have.
pub fn is_document(credentials: &SecretString) -> bool {
    use secrecy::ExposeSecret as _;
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(credentials.expose_secret())
        .is_ok()
}

/// Monday to Saturday, nine to six: a beginning that the owner changes.
fn usual_hours() -> OpeningHours {
    let span = MinuteOfDay::hm(9, 0)
        .zip(MinuteOfDay::hm(18, 0))
        .and_then(|(open, close)| DaySpan::new(open, close));
    let day: Vec<DaySpan> = span.into_iter().collect();
    let mut week = WeekHours { days: std::array::from_fn(|_| day.clone()) };
    week.days[6].clear();
    OpeningHours { week, holidays: HolidayRule::Closed, exceptions: BTreeMap::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINT: Mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 7 };

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wish = Wish {
            zone: "Mars/Olympus".into(),
            currency: "EUR".into(),
            admins: vec!["0712 345 678".into(), "hello".into()],
            merchants: vec![WishedMerchant { rail: "mpesa".into(), credentials: "key".into() }],
            accounts: vec![WishedAccount {
                channel: "fax".into(),
                account: "1".into(),
                token: "t".into(),
            }],
            ..Wish::new("Not A Slug", " ", "bakery")
        };
        let error = read(&wish, MINT, Timestamp::UNIX_EPOCH).unwrap_err();
        let fields: Vec<_> = error.problems.iter().map(|problem| problem.field).collect();
        assert_eq!(
            fields,
            ["slug", "name", "vertical", "zone", "currency", "admins", "accounts", "merchants"]
        );
        assert!(!error.to_string().contains("key"), "{error}");
    }

    #[test]
    fn every_vertical_begins_with_services_in_both_languages_that_wait_for_a_team() {
        for vertical in Vertical::ALL {
            let wish = Wish::new("duka", "Duka", vertical.as_str());
            let new = read(&wish, MINT, Timestamp::UNIX_EPOCH).unwrap();
            let services = &new.business.catalogue.services;
            assert!(services.len() >= 4, "{vertical:?}");
            for service in services {
                assert!(!service.name.en.is_empty() && !service.name.sw.is_empty());
                assert!(service.price.minor > 0 && service.duration_min > 0 && !service.active);
            }
            let languages: Vec<_> = new.snippets.iter().map(|snippet| snippet.language).collect();
            assert!(languages.contains(&Language::En) && languages.contains(&Language::Sw));
            assert_eq!(new.accounts.len(), 1, "the web widget's");
        }
    }

    #[test]
    fn nothing_is_begun_with_where_nothing_is_wanted() {
        let wish = Wish { catalog: StarterCatalog::None, ..Wish::new("duka", "Duka", "spa") };
        let new = read(&wish, MINT, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(new.business.catalogue, Catalogue::default());
    }
}
