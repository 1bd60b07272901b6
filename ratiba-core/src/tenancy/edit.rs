//! Edits of a business document, each a value in and a value out; storing the next version is the caller's.

use jiff::civil::Weekday;
use serde_json::Value;

use crate::domain::catalogue::{Complement, Service, Staff};
use crate::domain::hours::{DaySpan, StaffHours};
use crate::domain::id::{Mint, ServiceId, StaffId};
use crate::domain::tenant::Business;

/// An edit makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is no such thing in the document.
    #[error("there is no {what} `{name}`; there are: {known}")]
    Unknown {
        /// A service, a dial, a member of the team.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What there is, separated by commas.
        known: String,
    },
    /// What was given can't be used.
    #[error("{0}")]
    Unfit(String),
}

/// A service by its name in either language, or an alias.
pub fn service<'a>(business: &'a Business, name: &str) -> Result<&'a Service, EditError> {
    let wanted = name.trim().to_lowercase();
    let fits = |text: &String| text.to_lowercase() == wanted;
    let services = &business.catalogue.services;
    services
        .iter()
        .find(|s| fits(&s.name.en) || fits(&s.name.sw) || s.aliases.iter().any(fits))
        .ok_or_else(|| {
            let known: Vec<_> = services.iter().map(|s| s.name.en.as_str()).collect();
            EditError::Unknown { what: "service", name: name.to_owned(), known: known.join(", ") }
        })
}

/// Somebody of the team by name.
pub fn member<'a>(business: &'a Business, name: &str) -> Result<&'a Staff, EditError> {
    let team = &business.catalogue.staff;
    team.iter().find(|staff| staff.name.eq_ignore_ascii_case(name.trim())).ok_or_else(|| {
        let known: Vec<_> = team.iter().map(|staff| staff.name.as_str()).collect();
        EditError::Unknown {
            what: "member of the team",
            name: name.to_owned(),
            known: known.join(", "),
        }
    })
}

/// Adds somebody who can do the named services, or all when none is named. A service that had nobody can be booked from then on.
pub fn add_staff(
    business: &mut Business,
    name: &str,
    services: &[String],
    mint: Mint,
) -> Result<StaffId, EditError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(EditError::Unfit("a name is missing".to_owned()));
    }
    if business.catalogue.staff.iter().any(|s| s.active && s.name.eq_ignore_ascii_case(name)) {
        return Err(EditError::Unfit(format!("{name} is in the team already")));
    }
    let named = services
        .iter()
        .map(|name| service(business, name).map(|service| service.id))
        .collect::<Result<Vec<ServiceId>, _>>()?;
    let id = mint.id(0);
    business.catalogue.staff.push(Staff {
        id,
        name: name.to_owned(),
        hours: StaffHours::default(),
        active: true,
        commission_percent: 0,
    });
    for service in &mut business.catalogue.services {
        if named.is_empty() || named.contains(&service.id) {
            service.active = service.active || service.staff.is_empty();
            service.staff.push(id);
        }
    }
    Ok(id)
}

/// Sets somebody's share of what their completed visits cost, in percent.
pub fn set_share(business: &mut Business, name: &str, percent: u8) -> Result<(), EditError> {
    let id = member(business, name)?.id;
    for staff in business.catalogue.staff.iter_mut().filter(|staff| staff.id == id) {
        staff.commission_percent = percent.min(100);
    }
    Ok(())
}

/// Takes somebody off the team. What is booked stays booked; a service that nobody is left for can't be booked any more.
pub fn remove_staff(business: &mut Business, name: &str) -> Result<StaffId, EditError> {
    let id = member(business, name)?.id;
    for staff in business.catalogue.staff.iter_mut().filter(|staff| staff.id == id) {
        staff.active = false;
    }
    for service in &mut business.catalogue.services {
        service.staff.retain(|staff| *staff != id);
        service.active = service.active && !service.staff.is_empty();
    }
    Ok(id)
}

/// A weekday of its English name, the first three letters are enough.
pub fn weekday(text: &str) -> Result<Weekday, EditError> {
    const DAYS: [(&str, Weekday); 7] = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];
    let wanted = text.trim().to_lowercase();
    DAYS.into_iter().find(|(name, _)| wanted.starts_with(name)).map(|(_, day)| day).ok_or_else(
        || EditError::Unknown {
            what: "weekday",
            name: text.to_owned(),
            known: DAYS.map(|(name, _)| name).join(", "),
        },
    )
}

/// Spans such as `08:00-13:00`, in any order, or the single word `closed`.
pub fn spans(texts: &[String]) -> Result<Vec<DaySpan>, EditError> {
    if texts.len() == 1 && texts[0].eq_ignore_ascii_case("closed") {
        return Ok(Vec::new());
    }
    let wrong = |text: &str| {
        EditError::Unfit(format!("`{text}` is no span of hours; write 08:00-13:00, or closed"))
    };
    let mut spans = Vec::new();
    for text in texts {
        let (from, to) = text.split_once('-').ok_or_else(|| wrong(text))?;
        let span = DaySpan::new(
            from.parse().map_err(|_| wrong(text))?,
            to.parse().map_err(|_| wrong(text))?,
        );
        spans.push(span.ok_or_else(|| wrong(text))?);
    }
    spans.sort_unstable();
    if spans.windows(2).any(|pair| pair[0].to > pair[1].from) {
        return Err(EditError::Unfit("the spans overlap".to_owned()));
    }
    Ok(spans)
}

/// Relates two services: `then` may be offered after `primary`. A relation that is there gets the new confidence.
pub fn relate(
    business: &mut Business,
    primary: &str,
    then: &str,
    confidence_permille: u16,
) -> Result<(), EditError> {
    let (first, second) = (service(business, primary)?.id, service(business, then)?.id);
    if first == second {
        return Err(EditError::Unfit("a service does not go with itself".to_owned()));
    }
    if !(1..=1000).contains(&confidence_permille) {
        return Err(EditError::Unfit("the confidence is from 1 to 1000".to_owned()));
    }
    let complements = &mut business.catalogue.complements;
    complements.retain(|c| (c.primary, c.then) != (first, second));
    complements.push(Complement { primary: first, then: second, confidence_permille });
    Ok(())
}

/// Takes a relation away.
pub fn unrelate(business: &mut Business, primary: &str, then: &str) -> Result<(), EditError> {
    let (first, second) = (service(business, primary)?.id, service(business, then)?.id);
    business.catalogue.complements.retain(|c| (c.primary, c.then) != (first, second));
    Ok(())
}

/// Sets a dial, or with `null` lets it inherit its vertical's default again.
pub fn set_dial(business: &mut Business, dial: &str, value: Value) -> Result<(), EditError> {
    let key = dial.replace('-', "_");
    let unfit = |error: serde_json::Error| EditError::Unfit(format!("{dial}: {error}"));
    let mut own = serde_json::to_value(&business.dials).map_err(unfit)?;
    let Some(map) = own.as_object_mut() else {
        return Err(EditError::Unfit("the dials are no document".to_owned()));
    };
    if !map.contains_key(&key) {
        let known = map.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(EditError::Unknown { what: "dial", name: dial.to_owned(), known });
    }
    map.insert(key, value);
    business.dials = serde_json::from_value(own).map_err(unfit)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    fn salon() -> Business {
        demo::tenant("demo-salon").unwrap().business
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn spans_are_read_in_order_and_must_not_overlap() {
        let read = spans(&texts(&["14:00-17:00", "08:00-13:00"])).unwrap();
        assert_eq!(format!("{}-{}", read[0].from, read[1].to), "08:00-17:00");
        assert!(spans(&texts(&["closed"])).unwrap().is_empty());
        assert!(spans(&texts(&["08:00-13:00", "12:00-14:00"])).is_err());
        assert!(spans(&texts(&["9-5"])).is_err());
    }

    #[test]
    fn somebody_new_can_do_what_was_named_and_whoever_leaves_nothing() {
        let mut business = salon();
        let mint = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 5 };
        let id = add_staff(&mut business, "Zawadi", &texts(&["Braids", "pedicure"]), mint).unwrap();
        let does = |business: &Business| {
            let all = business.catalogue.services.iter();
            all.filter(|service| service.staff.contains(&id)).count()
        };
        assert_eq!(does(&business), 2);
        assert!(add_staff(&mut business, "zawadi", &[], mint).is_err());
        assert!(add_staff(&mut business, "Neema", &texts(&["Tattoo"]), mint).is_err());
        assert_eq!(remove_staff(&mut business, "ZAWADI").unwrap(), id);
        assert_eq!(does(&business), 0);
    }

    #[test]
    fn relations_are_made_changed_and_taken_away_by_name() {
        let mut business = salon();
        let there = business.catalogue.complements.len();
        relate(&mut business, "pedicure", "Manicure", 500).unwrap();
        relate(&mut business, "Pedicure", "manicure", 700).unwrap();
        assert_eq!(business.catalogue.complements.len(), there + 1);
        assert_eq!(business.catalogue.complements.last().unwrap().confidence_permille, 700);
        assert!(relate(&mut business, "Pedicure", "Pedicure", 500).is_err());
        assert!(relate(&mut business, "Pedicure", "Tattoo", 500).is_err());
        assert!(relate(&mut business, "Pedicure", "Manicure", 0).is_err());
        unrelate(&mut business, "Pedicure", "Manicure").unwrap();
        assert_eq!(business.catalogue.complements.len(), there);
    }

    #[test]
    fn a_dial_takes_only_its_own_values() {
        let mut business = salon();
        set_dial(&mut business, "tone", Value::from("playful")).unwrap();
        assert!(business.dials.tone.is_some());
        assert!(set_dial(&mut business, "tone", Value::from("loud")).is_err());
        assert!(set_dial(&mut business, "volume", Value::from("loud")).is_err());
        set_dial(&mut business, "tone", Value::Null).unwrap();
        assert!(business.dials.tone.is_none());
    }
}
