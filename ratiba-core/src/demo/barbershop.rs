//! Kinyozi Fresh, the barbershop.

use std::collections::BTreeMap;

use super::{
    DemoTenant, Row, admin, complements, mint, record, services, snippets, spans, team, week,
};
use crate::domain::catalogue::{Catalogue, DepositRule};
use crate::domain::dials::{CrossSell, DialOverrides, Vertical};
use crate::domain::hours::{HolidayRule, OpeningHours};
use crate::domain::message::Language;
use crate::domain::tenant::{Business, CancelPolicy, PaymentPolicy, Rail, Settings};

// Positions in the team.
const EVERYBODY: &[usize] = &[0, 1];

/// Its services, as the interfaces list them.
const ROWS: &[Row] = &[
    Row {
        name: ("Haircut", "Kunyoa nywele"),
        aliases: &["fade", "line up", "shape up", "nyoa", "cut", "trim"],
        category: "Hair",
        minutes: 30,
        price: 500,
        staff: EVERYBODY,
        buffer_after: 0,
    },
    Row {
        name: ("Beard Trim", "Kunyoa ndevu"),
        aliases: &["beard", "ndevu", "shave", "beard shave", "beard line up"],
        category: "Beard",
        minutes: 20,
        price: 300,
        staff: EVERYBODY,
        buffer_after: 0,
    },
    Row {
        name: ("Haircut & Beard", "Nywele na ndevu"),
        aliases: &["hair and beard", "cut and beard", "full package", "combo"],
        category: "Hair",
        minutes: 45,
        price: 700,
        staff: EVERYBODY,
        buffer_after: 0,
    },
    Row {
        name: ("Kids Haircut", "Kunyoa mtoto"),
        aliases: &["kids cut", "child haircut", "kunyoa watoto", "nywele za mtoto"],
        category: "Hair",
        minutes: 25,
        price: 400,
        staff: EVERYBODY,
        buffer_after: 0,
    },
    Row {
        name: ("Hair Dye", "Kupaka rangi nywele"),
        aliases: &["dye", "hair colour", "hair color", "rangi", "kupaka rangi"],
        category: "Hair",
        minutes: 60,
        price: 1_000,
        staff: EVERYBODY,
        buffer_after: 0,
    },
];

/// The whole tenant.
pub(super) fn tenant() -> DemoTenant {
    let mint = mint(1);
    let team = team(mint, &["Brian", "Kevin"]);
    let services = services(mint, &team, ROWS);
    let week = week(&[(8, 20)], &[(8, 20)], &[(10, 18)]);
    let complements = complements(&services, &[("Haircut", "Beard Trim", 800)]);
    let business = Business {
        tenant: record(
            mint,
            "demo-barbershop",
            "Kinyozi Fresh",
            Vertical::Barbershop,
            Language::En,
        ),
        settings: Settings {
            lead_min: 30,
            horizon_days: 30,
            payment: PaymentPolicy {
                deposit: DepositRule::Full,
                rails: vec![Rail::Mpesa],
                venue_fallback: true,
            },
            cancel: CancelPolicy { free_until_hours: 2, late_refund_percent: 0 },
            ..Settings::default()
        },
        opening: OpeningHours {
            week,
            holidays: HolidayRule::Open(spans(&[(10, 16)])),
            exceptions: BTreeMap::new(),
        },
        catalogue: Catalogue { services, staff: team, resources: Vec::new(), complements },
        dials: DialOverrides { cross_sell: Some(CrossSell::Never), ..DialOverrides::default() },
        admins: admin("+254700000001"),
    };
    DemoTenant { business, snippets: snippets::of(mint, snippets::BARBERSHOP) }
}
