//! The three demo tenants: pure data for `demo`, `ratiba chat`, golden conversations, examples and tests.

mod barbershop;
mod dental;
mod salon;
mod snippets;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::domain::catalogue::{Bilingual, Complement, Service, Staff};
use crate::domain::dials::Vertical;
use crate::domain::hours::{DaySpan, StaffHours, WeekHours};
use crate::domain::id::{Mint, ServiceId, StaffId};
use crate::domain::knowledge::Snippet;
use crate::domain::message::Language;
use crate::domain::money::{Currency, Money};
use crate::domain::phone::{Country, Phone};
use crate::domain::template::{Template, TemplatePurpose, TemplateStatus};
use crate::domain::tenant::{Business, Slug, Tenant, TenantStatus};
use crate::domain::time::MinuteOfDay;

/// One demo tenant: its rules and catalogue, and what it answers to questions.
#[derive(Debug, Clone)]
pub struct DemoTenant {
    /// Rules, hours, catalogue, team.
    pub business: Business,
    /// Its knowledge, in English and Swahili.
    pub snippets: Vec<Snippet>,
}

/// The three of them: barbershop, salon, dental clinic. Ids are the same on every call.
pub fn tenants() -> Vec<DemoTenant> {
    SLUGS.iter().filter_map(|slug| tenant(slug)).collect()
}

const SLUGS: [&str; 3] = ["demo-barbershop", "demo-salon", "demo-dental"];

/// The demo tenant of a slug, such as `demo-salon`.
pub fn tenant(slug: &str) -> Option<DemoTenant> {
    let (mut tenant, color) = match slug {
        "demo-barbershop" => (barbershop::tenant(), "#1f4d3a"),
        "demo-salon" => (salon::tenant(), "#8a2f5f"),
        "demo-dental" => (dental::tenant(), "#1b5e7d"),
        _ => return None,
    };
    tenant.business.settings.templates = templates();
    tenant.business.settings.color = color.parse().ok();
    Some(tenant)
}

/// Templates as an owner registers them, all approved.
fn templates() -> Vec<Template> {
    let named = [
        ("booking_reminder", TemplatePurpose::Reminder),
        ("booking_notice", TemplatePurpose::Notice),
        ("owner_page", TemplatePurpose::Page),
    ];
    let one = |(name, purpose): (&str, TemplatePurpose), language| Template {
        name: name.to_owned(),
        language,
        purpose,
        status: TemplateStatus::Approved,
    };
    let both = |named| [Language::En, Language::Sw].map(|language| one(named, language));
    named.into_iter().flat_map(both).collect()
}

/// 2026-01-01T00:00:00Z: the moment from which every demo id and snippet dates.
const MADE_AT_SECOND: i64 = 1_767_225_600;

/// Ids of one tenant: staff from 100, services from 200, snippets from 300.
fn mint(seed: u64) -> Mint {
    let at = Timestamp::from_second(MADE_AT_SECOND).unwrap_or(Timestamp::UNIX_EPOCH);
    Mint { at, seed }
}

/// One service as the table of the interfaces has it; prices in whole shillings.
struct Row {
    name: (&'static str, &'static str),
    aliases: &'static [&'static str],
    category: &'static str,
    minutes: u32,
    price: i64,
    staff: &'static [usize],
    buffer_after: u32,
}

fn services(mint: Mint, team: &[Staff], rows: &[Row]) -> Vec<Service> {
    let build = |(n, row): (u32, &Row)| Service {
        id: mint.id(200 + n),
        name: Bilingual::new(row.name.0, row.name.1),
        aliases: row.aliases.iter().map(|a| (*a).to_owned()).collect(),
        category: row.category.to_owned(),
        description: Bilingual::default(),
        duration_min: row.minutes,
        buffer_before_min: 0,
        buffer_after_min: row.buffer_after,
        price: Money::whole(row.price, Currency::Kes),
        deposit: None,
        staff: row
            .staff
            .iter()
            .filter_map(|i| team.get(*i))
            .map(|s| s.id)
            .collect::<Vec<StaffId>>(),
        resources: Vec::new(),
        active: true,
    };
    (0..).zip(rows).map(build).collect()
}

fn team(mint: Mint, names: &[&str]) -> Vec<Staff> {
    (0..)
        .zip(names)
        .map(|(n, name)| Staff {
            id: mint.id(100 + n),
            name: (*name).to_owned(),
            hours: StaffHours::default(),
            active: true,
            commission_percent: 0,
        })
        .collect()
}

/// Pairs by English name; a pair of which one is missing is left out.
fn complements(services: &[Service], pairs: &[(&str, &str, u16)]) -> Vec<Complement> {
    let id = |name: &str| -> Option<ServiceId> {
        services.iter().find(|s| s.name.en == name).map(|s| s.id)
    };
    pairs
        .iter()
        .filter_map(|&(primary, then, confidence_permille)| {
            Some(Complement { primary: id(primary)?, then: id(then)?, confidence_permille })
        })
        .collect()
}

fn record(mint: Mint, slug: &str, name: &str, vertical: Vertical, locale: Language) -> Tenant {
    Tenant {
        id: mint.id(0),
        slug: slug
            .parse::<Slug>()
            .expect("the slugs above are literals, and a test reads them all"),
        name: name.to_owned(),
        vertical,
        locale,
        zone: TimeZone::get("Africa/Nairobi").expect("jiff bundles the time zone database"),
        country: Country::Ke,
        currency: Currency::Kes,
        status: TenantStatus::Active,
    }
}

fn admin(number: &str) -> Vec<Phone> {
    Phone::from_provider(number).into_iter().collect()
}

/// Spans from whole hours.
fn spans(hours: &[(u16, u16)]) -> Vec<DaySpan> {
    hours
        .iter()
        .filter_map(|&(from, to)| DaySpan::new(MinuteOfDay::hm(from, 0)?, MinuteOfDay::hm(to, 0)?))
        .collect()
}

/// A week of whole hours: Monday to Friday, Saturday, Sunday.
fn week(weekdays: &[(u16, u16)], saturday: &[(u16, u16)], sunday: &[(u16, u16)]) -> WeekHours {
    let mut week = WeekHours::default();
    for day in Weekday::Monday.cycle_forward().take(5) {
        week.set(day, spans(weekdays));
    }
    week.set(Weekday::Saturday, spans(saturday));
    week.set(Weekday::Sunday, spans(sunday));
    week
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dials::CrossSell;
    use crate::domain::hours::HolidayRule;

    #[test]
    fn every_tenant_is_found_by_its_slug_with_the_same_ids_each_time() {
        for demo in tenants() {
            let slug = demo.business.tenant.slug.as_str().to_owned();
            let again = tenant(&slug).unwrap();
            assert_eq!(again.business, demo.business, "{slug}");
            assert_eq!(again.snippets, demo.snippets, "{slug}");
            assert_eq!(demo.business.admins.len(), 1, "{slug}");
        }
        assert!(tenant("nobody").is_none());
    }

    #[test]
    fn each_service_has_somebody_to_do_it_and_ids_never_repeat() {
        let mut seen = std::collections::BTreeSet::new();
        for demo in tenants() {
            for service in &demo.business.catalogue.services {
                assert!(seen.insert(service.id.to_string()), "{}", service.name.en);
                assert!(!service.staff.is_empty(), "{}", service.name.en);
                assert!(service.price.is_positive() && service.duration_min >= 20);
            }
            for member in &demo.business.catalogue.staff {
                assert!(seen.insert(member.id.to_string()), "{}", member.name);
            }
            for snippet in &demo.snippets {
                assert!(seen.insert(snippet.id.to_string()), "{}", snippet.title);
            }
        }
    }

    #[test]
    fn hours_holidays_and_complements_are_those_of_the_table() {
        let [barber, salon, dental] = <[DemoTenant; 3]>::try_from(tenants()).unwrap();
        let open = |t: &DemoTenant, day| t.business.opening.week.on(day).to_vec();
        assert_eq!(open(&barber, Weekday::Sunday), spans(&[(10, 18)]));
        assert_eq!(open(&salon, Weekday::Sunday), []);
        assert_eq!(open(&dental, Weekday::Friday), spans(&[(8, 13), (14, 17)]));
        assert_eq!(open(&dental, Weekday::Saturday), spans(&[(9, 13)]));
        assert_eq!(barber.business.opening.holidays, HolidayRule::Open(spans(&[(10, 16)])));
        assert_eq!(barber.business.catalogue.complements.len(), 1);
        assert_eq!(salon.business.catalogue.complements.len(), 2);
        assert_eq!(dental.business.dials().cross_sell, CrossSell::Never);
    }

    #[test]
    fn each_subject_is_answered_in_both_languages() {
        for demo in tenants() {
            let count = |language| demo.snippets.iter().filter(|s| s.language == language).count();
            assert_eq!(count(Language::En), count(Language::Sw));
            assert!(count(Language::En) >= 6);
        }
    }
}
