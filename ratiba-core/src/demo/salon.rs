//! Nywele Studio, the salon.

use std::collections::BTreeMap;

use super::{DemoTenant, Row, admin, complements, mint, record, services, snippets, team, week};
use crate::domain::catalogue::{Catalogue, DepositRule};
use crate::domain::dials::{CrossSell, DialOverrides, Vertical};
use crate::domain::hours::{HolidayRule, OpeningHours};
use crate::domain::message::Language;
use crate::domain::tenant::{Business, CancelPolicy, PaymentPolicy, Rail, Settings};

// Positions in the team.
const AMINA: usize = 0;
const WANJIKU: usize = 1;
const FAITH: usize = 2;

/// Its services, as the interfaces list them.
const ROWS: &[Row] = &[
    Row {
        name: ("Braids", "Kusuka"),
        aliases: &["braiding", "knotless", "box braids", "cornrows", "twists", "mistari"],
        category: "Hair",
        minutes: 180,
        price: 2_500,
        staff: &[AMINA, FAITH],
        buffer_after: 15,
    },
    Row {
        name: ("Wash & Blow-dry", "Kuosha na kukausha nywele"),
        aliases: &["wash", "blow dry", "blowdry", "hair wash", "kuosha nywele", "blow out"],
        category: "Hair",
        minutes: 45,
        price: 800,
        staff: &[AMINA, WANJIKU],
        buffer_after: 0,
    },
    Row {
        name: ("Weave", "Kuweka weave"),
        aliases: &["weaving", "sew in", "wig install", "kushonea weave"],
        category: "Hair",
        minutes: 120,
        price: 2_000,
        staff: &[AMINA],
        buffer_after: 0,
    },
    Row {
        name: ("Hair Treatment", "Matibabu ya nywele"),
        aliases: &["treatment", "deep conditioning", "steaming", "hot oil", "protein treatment"],
        category: "Hair",
        minutes: 60,
        price: 1_500,
        staff: &[AMINA, WANJIKU],
        buffer_after: 0,
    },
    Row {
        name: ("Manicure", "Manicure"),
        aliases: &["mani", "nails", "kucha za mikono", "kucha", "gel polish"],
        category: "Nails",
        minutes: 45,
        price: 1_000,
        staff: &[WANJIKU, FAITH],
        buffer_after: 0,
    },
    Row {
        name: ("Pedicure", "Pedicure"),
        aliases: &["pedi", "kucha za miguu", "toe nails", "foot scrub", "kuosha miguu"],
        category: "Nails",
        minutes: 60,
        price: 1_200,
        staff: &[WANJIKU, FAITH],
        buffer_after: 0,
    },
];

/// The whole tenant.
pub(super) fn tenant() -> DemoTenant {
    let mint = mint(2);
    let team = team(mint, &["Amina", "Wanjiku", "Faith"]);
    let services = services(mint, &team, ROWS);
    let complements = complements(
        &services,
        &[("Manicure", "Pedicure", 900), ("Braids", "Wash & Blow-dry", 600)],
    );
    let business = Business {
        tenant: record(mint, "demo-salon", "Nywele Studio", Vertical::Salon, Language::Sw),
        settings: Settings {
            lead_min: 60,
            horizon_days: 60,
            payment: PaymentPolicy {
                deposit: DepositRule::Percent(50),
                rails: vec![Rail::Mpesa, Rail::Card],
                venue_fallback: true,
            },
            cancel: CancelPolicy { free_until_hours: 24, late_refund_percent: 0 },
            ..Settings::default()
        },
        opening: OpeningHours {
            week: week(&[(9, 19)], &[(9, 19)], &[]),
            holidays: HolidayRule::Closed,
            exceptions: BTreeMap::new(),
        },
        catalogue: Catalogue { services, staff: team, resources: Vec::new(), complements },
        dials: DialOverrides {
            cross_sell: Some(CrossSell::RelatedOnly),
            ..DialOverrides::default()
        },
        admins: admin("+254700000002"),
    };
    DemoTenant { business, snippets: snippets::of(mint, snippets::SALON) }
}
