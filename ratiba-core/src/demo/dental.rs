//! Tabasamu Dental, the clinic.

use std::collections::BTreeMap;

use super::{DemoTenant, Row, admin, complements, mint, record, services, snippets, team, week};
use crate::domain::catalogue::{Catalogue, DepositRule};
use crate::domain::dials::{CrossSell, DialOverrides, Vertical};
use crate::domain::hours::{HolidayRule, OpeningHours};
use crate::domain::message::Language;
use crate::domain::tenant::{Business, CancelPolicy, PaymentPolicy, Settings};

// Positions in the team.
const OTIENO: usize = 0;
const ACHIENG: usize = 1;

/// Its services, as the interfaces list them.
const ROWS: &[Row] = &[
    Row {
        name: ("Consultation", "Ushauri wa daktari"),
        aliases: &[
            "check up",
            "checkup",
            "dental check",
            "kuona daktari",
            "toothache",
            "uchunguzi",
        ],
        category: "General",
        minutes: 30,
        price: 1_500,
        staff: &[OTIENO, ACHIENG],
        buffer_after: 0,
    },
    Row {
        name: ("Cleaning", "Kusafisha meno"),
        aliases: &["teeth cleaning", "scaling", "polishing", "dental cleaning", "kuosha meno"],
        category: "General",
        minutes: 45,
        price: 3_500,
        staff: &[OTIENO, ACHIENG],
        buffer_after: 0,
    },
    Row {
        name: ("Filling", "Kuziba jino"),
        aliases: &["tooth filling", "cavity", "kujaza jino", "jino limetoboka"],
        category: "Treatment",
        minutes: 60,
        price: 5_000,
        staff: &[OTIENO],
        buffer_after: 0,
    },
    Row {
        name: ("Extraction", "Kung'oa jino"),
        aliases: &[
            "tooth extraction",
            "tooth removal",
            "remove tooth",
            "pull out tooth",
            "kutoa jino",
        ],
        category: "Treatment",
        minutes: 45,
        price: 4_000,
        staff: &[OTIENO],
        buffer_after: 15,
    },
    Row {
        name: ("Whitening", "Kung'arisha meno"),
        aliases: &["teeth whitening", "bleaching", "white teeth", "meno meupe"],
        category: "Cosmetic",
        minutes: 90,
        price: 12_000,
        staff: &[OTIENO, ACHIENG],
        buffer_after: 0,
    },
];

/// The whole tenant.
pub(super) fn tenant() -> DemoTenant {
    let mint = mint(3);
    let team = team(mint, &["Dr Otieno", "Dr Achieng"]);
    let services = services(mint, &team, ROWS);
    let complements = complements(&services, &[("Cleaning", "Whitening", 500)]);
    let business = Business {
        tenant: record(
            mint,
            "demo-dental",
            "Tabasamu Dental",
            Vertical::DentalClinic,
            Language::En,
        ),
        settings: Settings {
            lead_min: 120,
            horizon_days: 90,
            payment: PaymentPolicy {
                deposit: DepositRule::None,
                rails: Vec::new(),
                venue_fallback: true,
            },
            cancel: CancelPolicy { free_until_hours: 24, late_refund_percent: 0 },
            ..Settings::default()
        },
        opening: OpeningHours {
            week: week(&[(8, 13), (14, 17)], &[(9, 13)], &[]),
            holidays: HolidayRule::Closed,
            exceptions: BTreeMap::new(),
        },
        catalogue: Catalogue { services, staff: team, resources: Vec::new(), complements },
        dials: DialOverrides { cross_sell: Some(CrossSell::Never), ..DialOverrides::default() },
        admins: admin("+254700000003"),
    };
    DemoTenant { business, snippets: snippets::of(mint, snippets::DENTAL) }
}
