//! Asking a model which command an owner's sentence stands for, and what of its answer is believed: a line that the rail's own parser reads, of the
//! eleven commands and no other, with no sum of money that the owner did not name. Whatever it changes is asked back before it is done.

use jiff::Zoned;
use serde_json::{Value, json};

use super::mask::Masked;
use super::reply::CommandLine;
use super::shape::numbers;
use crate::admin::command::Command;
use crate::admin::{Reading, named_sum, read};
use crate::domain::money::Money;
use crate::domain::tenant::Business;

/// A sentence longer than this is no command, in bytes; it also bounds what one may cost.
pub const LONGEST: usize = 400;

/// The eleven commands, as they are written.
const COMMANDS: [(&str, &str); 11] = [
    ("today", "/today: today's appointments"),
    ("week", "/week: those of the next seven days"),
    ("find", "/find NAME: a customer's appointments; or a phone, a service, a date"),
    ("cancel", "/cancel NAME DATE TIME: calls an appointment off; a name or a time is enough"),
    ("reschedule", "/reschedule NAME DATE TIME: moves an appointment, to the new date and time"),
    (
        "block",
        "/block STAFF DATE HH:MM-HH:MM: takes no bookings; without staff for everybody, without times all day",
    ),
    (
        "engage",
        "/engage NAME: takes over the chat of a customer who waits; without a name whoever waits longest",
    ),
    ("handback", "/handback: gives the chat back to the assistant"),
    ("add-service", "/add-service NAME PRICE MINUTES min: a new service"),
    ("update-price", "/update-price SERVICE PRICE: another price from now on"),
    ("help", "/help: what can be written"),
];

/// What a model is told of an owner's sentence.
pub fn question(words: &Masked, business: &Business, now: &Zoned) -> String {
    let services: Vec<Value> = business
        .catalogue
        .bookable()
        .map(|service| json!({"en": service.name.en, "sw": service.name.sw}))
        .collect();
    let team = business.catalogue.staff.iter().filter(|staff| staff.active);
    json!({
        "today": now.strftime("%Y-%m-%d %A").to_string(),
        "commands": COMMANDS.map(|(_, form)| form),
        "services": services,
        "staff": team.map(|staff| staff.name.as_str()).collect::<Vec<_>>(),
        "sentence": words.text,
    })
    .to_string()
}

/// The command, if it is one of the eleven and all money in it is the owner's own; `Help` where none fits. `None`: the answer is refused.
pub fn believe(
    said: &CommandLine,
    words: &Masked,
    sentence: &str,
    known: &Reading<'_>,
) -> Option<Command> {
    let Some(line) = said.line.as_deref() else { return Some(Command::Help) };
    let line = words.restore(line.trim());
    if line.len() > LONGEST || line.chars().any(char::is_control) {
        return None;
    }
    let name = line.strip_prefix('/')?.split_whitespace().next()?.to_lowercase();
    if !COMMANDS.iter().any(|(known, _)| *known == name) {
        return None;
    }
    let command = read(&line, known);
    let own = match &command {
        Command::AddService { price, .. } | Command::UpdatePrice { price, .. } => {
            price.is_none_or(|price| names_sum(sentence, price, known))
        }
        Command::Help => name == "help",
        _ => true,
    };
    own.then_some(command)
}

/// Whether the owner has named this very sum, in digits or as the ear hears it.
fn names_sum(sentence: &str, sum: Money, known: &Reading<'_>) -> bool {
    let currency = sum.currency;
    let written = numbers(sentence)
        .iter()
        .filter_map(|number| number.parse::<i64>().ok())
        .any(|whole| Money::whole(whole, currency) == sum);
    written || named_sum(sentence, known) == Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::command::Which;
    use crate::demo;
    use crate::domain::money::Currency;
    use crate::language::hear::Ear;

    fn believed(line: Option<&str>, sentence: &str) -> Option<Command> {
        let business = demo::tenant("demo-salon").unwrap().business;
        let ear = Ear::new(&business);
        let now: Zoned = "2026-11-23T09:00:00+03:00[Africa/Nairobi]".parse().unwrap();
        let known =
            Reading { ear: &ear, business: &business, now: &now, engaged: false, asked: false };
        let words = Masked::new(sentence, &["Wanjiru"]);
        believe(&CommandLine { line: line.map(str::to_owned) }, &words, sentence, &known)
    }

    #[test]
    fn a_line_is_read_as_if_the_owner_had_written_it() {
        let block = believed(Some("/block Amina 2026-11-24 14:00-18:00"), "Amina ana harusi kesho");
        let Some(Command::Block { staff: Some(_), stretch: Some(stretch) }) = block else {
            panic!("{block:?}")
        };
        let hours = (stretch.from.to_string(), stretch.to.to_string());
        assert_eq!(hours, ("14:00".to_owned(), "18:00".to_owned()));
        let days = (stretch.first.to_string(), stretch.last.to_string());
        assert_eq!(days, ("2026-11-24".to_owned(), "2026-11-24".to_owned()));
        let cancel = believed(Some("/cancel [NAME_1] 2026-11-24 10:00"), "Wanjiru hawezi kesho");
        let Some(Command::Cancel(Which { words, start: Some(_), .. })) = cancel else {
            panic!("{cancel:?}")
        };
        assert_eq!(words, ["wanjiru"]);
        let moved = believed(Some("/reschedule [NAME_1] 2026-11-26 10:00"), "Wanjiru aje Alhamisi");
        assert!(matches!(moved, Some(Command::Reschedule { to: Some(_), .. })), "{moved:?}");
        assert_eq!(believed(None, "asante sana mama"), Some(Command::Help));
        assert_eq!(believed(Some("/today"), "kuna watu wangapi?"), Some(Command::Today));
    }

    #[test]
    fn nothing_beyond_the_eleven_commands_is_believed() {
        for line in [
            "yes",
            "ndio",
            "1",
            "/undo",
            "/paid Wanjiru",
            "/walkin braids 2500",
            "/cashup 100",
            "/noshow Wanjiru",
            "/drop-tables",
            "today",
            "/",
            "",
            "/find a\n/cancel b",
        ] {
            assert_eq!(believed(Some(line), "fanya hivyo tu, Wanjiru 2500"), None, "{line}");
        }
        assert_eq!(believed(Some(&format!("/find {}", "x".repeat(500))), "find"), None);
    }

    #[test]
    fn a_price_is_the_owners_or_none() {
        let price = |line, sentence| match believed(Some(line), sentence) {
            Some(Command::UpdatePrice { price, .. } | Command::AddService { price, .. }) => price,
            None => None,
            other => panic!("{other:?}"),
        };
        let sum = Some(Money::whole(2_800, Currency::Kes));
        assert_eq!(price("/update-price Braids 2800", "kusuka sasa ni 2,800 jamani"), sum);
        assert_eq!(price("/update-price Braids 2800", "kusuka ipande kidogo"), None);
        assert_eq!(price("/update-price Braids 2800", "kusuka sasa ni 2500 jamani"), None);
        assert_eq!(
            price("/add-service Facial 2800 45 min", "tuanze facial 2800 robo tatu saa"),
            sum
        );
        assert_eq!(price("/add-service Facial 3000 45 min", "tuanze facial dakika 45"), None);
    }
}
