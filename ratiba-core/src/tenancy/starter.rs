//! What businesses of each kind usually offer. A beginning, not advice: everything waits inactive until the owner has a team and has looked
//! at the prices.

use crate::domain::catalogue::{Bilingual, Catalogue, Service};
use crate::domain::dials::Vertical;
use crate::domain::id::Mint;
use crate::domain::money::{Currency, Money};

/// English, Swahili, minutes, Kenyan shillings.
type Usual = (&'static str, &'static str, u32, i64);

/// Services of ids from here on.
const FIRST_ID: u32 = 100;

const fn usual(vertical: Vertical) -> &'static [Usual] {
    match vertical {
        Vertical::Barbershop => &[
            ("Haircut", "Kunyoa nywele", 30, 500),
            ("Beard Trim", "Kunyoa ndevu", 20, 300),
            ("Haircut & Beard", "Nywele na ndevu", 45, 700),
            ("Kids Haircut", "Kunyoa mtoto", 25, 400),
        ],
        Vertical::Salon => &[
            ("Braids", "Kusuka", 180, 2_500),
            ("Wash & Blow-dry", "Kuosha na kukausha nywele", 45, 800),
            ("Weave", "Kuweka weave", 120, 2_000),
            ("Hair Treatment", "Matibabu ya nywele", 60, 1_500),
        ],
        Vertical::NailsAndBeauty => &[
            ("Manicure", "Manicure", 45, 1_000),
            ("Pedicure", "Pedicure", 60, 1_200),
            ("Gel Nails", "Kucha za gel", 60, 1_500),
            ("Make-up", "Kupaka make-up", 60, 2_500),
            ("Eyebrow Shaping", "Kutinda nyusi", 20, 500),
        ],
        Vertical::Spa => &[
            ("Full Body Massage", "Masaji ya mwili mzima", 60, 3_500),
            ("Back Massage", "Masaji ya mgongo", 30, 2_000),
            ("Facial", "Usafishaji wa uso", 60, 3_000),
            ("Body Scrub", "Kusugua mwili", 45, 2_500),
        ],
        Vertical::DentalClinic => &[
            ("Consultation", "Ushauri wa daktari", 30, 1_500),
            ("Cleaning", "Kusafisha meno", 45, 3_500),
            ("Filling", "Kuziba jino", 60, 5_000),
            ("Extraction", "Kung'oa jino", 45, 4_000),
        ],
        Vertical::MedicalClinic => &[
            ("Doctor's Consultation", "Kumwona daktari", 30, 1_500),
            ("Follow-up Visit", "Ziara ya kufuatilia", 15, 800),
            ("Check-up", "Uchunguzi wa afya", 45, 3_000),
            ("Antenatal Visit", "Kliniki ya wajawazito", 30, 1_500),
        ],
        Vertical::Fitness => &[
            ("Personal Training", "Mazoezi na mkufunzi", 60, 1_500),
            ("Group Class", "Darasa la mazoezi", 60, 700),
            ("Yoga", "Yoga", 60, 1_000),
            ("Fitness Assessment", "Tathmini ya afya ya mwili", 45, 1_000),
        ],
        Vertical::Tutoring => &[
            ("Mathematics Lesson", "Somo la hisabati", 60, 1_000),
            ("English Lesson", "Somo la Kiingereza", 60, 1_000),
            ("Kiswahili Lesson", "Somo la Kiswahili", 60, 1_000),
            ("Sciences Lesson", "Somo la sayansi", 60, 1_200),
        ],
    }
}

/// What one Kenyan shilling is roughly worth elsewhere, and what prices are rounded to there, in whole units.
const fn rough(currency: Currency) -> (i64, i64, i64) {
    match currency {
        Currency::Kes => (1, 1, 1),
        Currency::Ugx => (28, 1, 500),
        Currency::Tzs => (20, 1, 500),
        Currency::Rwf => (11, 1, 100),
        Currency::Usd => (1, 130, 1),
    }
}

fn price(shillings: i64, currency: Currency) -> Money {
    let (times, over, step) = rough(currency);
    let worth = shillings * times / over;
    Money::whole(((worth + step / 2) / step * step).max(step), currency)
}

/// The starter catalogue of a kind of business.
pub(super) fn catalogue(vertical: Vertical, currency: Currency, mint: Mint) -> Catalogue {
    let services = usual(vertical).iter().zip(FIRST_ID..);
    let services = services.map(|(&(en, sw, minutes, shillings), id)| Service {
        id: mint.id(id),
        name: Bilingual::new(en, sw),
        aliases: Vec::new(),
        category: String::new(),
        description: Bilingual::default(),
        duration_min: minutes,
        buffer_before_min: 0,
        buffer_after_min: 0,
        price: price(shillings, currency),
        deposit: None,
        staff: Vec::new(),
        resources: Vec::new(),
        active: false,
    });
    Catalogue { services: services.collect(), ..Catalogue::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_round_in_every_currency() {
        assert_eq!(price(500, Currency::Kes), Money::whole(500, Currency::Kes));
        assert_eq!(price(300, Currency::Ugx), Money::whole(8_500, Currency::Ugx));
        assert_eq!(price(300, Currency::Usd), Money::whole(2, Currency::Usd));
    }
}
