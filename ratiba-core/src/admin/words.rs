//! The words by which owners give commands, in both languages.

/// What a plain sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Today,
    Week,
    Find,
    Cancel,
    Reschedule,
    Block,
    AddService,
    UpdatePrice,
    WalkIn,
    Paid,
    NoShow,
    Came,
    Undo,
    CashUp,
}

/// Phrases, the most particular first; each is looked for as whole words.
const PHRASES: &[(Topic, &[&str])] = &[
    (Topic::Undo, &["undo", "ondoa ya mwisho", "futa ya mwisho", "remove the last"]),
    (
        Topic::CashUp,
        &[
            "cash up",
            "cashup",
            "funga siku",
            "funga hesabu",
            "hesabu ya leo",
            "counted",
            "nimehesabu",
            "close the day",
            "mapato ya leo",
        ],
    ),
    (
        Topic::NoShow,
        &[
            "no show",
            "no-show",
            "didn't come",
            "didnt come",
            "did not come",
            "didn't show up",
            "did not show up",
            "never came",
            "never showed up",
            "hakuja",
            "hakutokea",
            "hakufika",
        ],
    ),
    (Topic::WalkIn, &["walk-in", "walk in", "walkin", "mteja wa", "amekuja bila", "mteja mpya"]),
    (Topic::Came, &["came", "showed up", "alikuja", "alifika", "amekuja", "amefika"]),
    (Topic::Paid, &["amelipa", "alilipa", "has paid", "paid", "kalipa"]),
    (
        Topic::AddService,
        &["add service", "new service", "ongeza huduma", "huduma mpya", "weka huduma"],
    ),
    (
        Topic::UpdatePrice,
        &[
            "bei ya",
            "price of",
            "change the price",
            "change price",
            "badilisha bei",
            "set the price",
            "bei",
        ],
    ),
    (
        Topic::Block,
        &[
            "block",
            "zuia",
            "day off",
            "off",
            "hayuko",
            "hatakuwa",
            "hatakuwepo",
            "tumefunga",
            "tutafunga",
            "close",
            "closed",
            "likizo",
        ],
    ),
    (
        Topic::Reschedule,
        &["reschedule", "move", "hamisha", "sogeza", "ahirisha", "peleka", "shift", "postpone"],
    ),
    (Topic::Cancel, &["cancel", "ghairi", "futa", "call off", "toa booking", "ondoa"]),
    (Topic::Find, &["find", "tafuta", "search", "look up", "ni lini", "when is"]),
    (Topic::Week, &["this week", "wiki hii", "week", "wiki"]),
    (Topic::Today, &["today", "leo", "who is coming", "nani yuko", "ratiba"]),
];

/// What a sentence is about, if it is about one of these.
pub(super) fn topic(text: &str) -> Option<Topic> {
    let padded = format!(" {} ", spaced(text));
    let holds = |phrase: &&str| padded.contains(&format!(" {phrase} "));
    PHRASES.iter().find(|(_, phrases)| phrases.iter().any(holds)).map(|(topic, _)| *topic)
}

/// The text without the phrase that gave its topic.
pub(super) fn without_phrase(text: &str, topic: Topic) -> String {
    let padded = format!(" {} ", spaced(text));
    let phrases = PHRASES.iter().find(|(t, _)| *t == topic).map_or(&[][..], |(_, phrases)| phrases);
    let found = phrases.iter().find(|phrase| padded.contains(&format!(" {phrase} ")));
    match found {
        Some(phrase) => padded.replacen(&format!(" {phrase} "), " ", 1).trim().to_owned(),
        None => text.to_owned(),
    }
}

/// Lower case, with spaces where there were signs, except those inside of words and numbers.
fn spaced(text: &str) -> String {
    let lower = text.to_lowercase();
    let signs = |c: char| matches!(c, '?' | '!' | ';' | '"' | '(' | ')') || c.is_whitespace();
    let words = lower.split(signs).map(|word| word.trim_matches(|c| matches!(c, ',' | '.' | ':')));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Words that are never a customer's name.
const COMMON: &str = "the and for from this that with yake yao wake wao kwa saa leo kesho kutwa jana asubuhi mchana jioni usiku alasiri tarehe \
    today tomorrow morning afternoon evening noon night next week wiki hii ijayo appointment booking miadi nafasi ndio hapana please tafadhali \
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun jumatatu jumanne jumatano alhamisi ijumaa jumamosi \
    jumapili january february march april may june july august september october november december cash mpesa pesa kadi card taslimu keshi \
    shillings shilingi bob ksh kes iwe hadi mpaka baada kabla ake lake langu yangu our his her their all everybody everyone wote customer \
    mteja client half quarter nusu robo kasorobo moja mbili tatu nne tano sita saba nane tisa kumi dakika minutes";

/// The words of a text that could be a name, in lower case.
pub(super) fn names(text: &str) -> Vec<String> {
    spaced(text)
        .split(|c: char| !c.is_alphabetic() && c != '\'' && c != '-')
        .filter(|word| {
            word.chars().count() >= 3 && !COMMON.split_ascii_whitespace().any(|c| c == *word)
        })
        .map(str::to_owned)
        .collect()
}

/// The digits of the longest number of a text, without zeros and country code's plus in front.
pub(super) fn digits(text: &str) -> String {
    let squeezed: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '+')).collect();
    let runs = squeezed.split(|c: char| !c.is_ascii_digit());
    runs.max_by_key(|run| run.len()).unwrap_or_default().trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_heard_in_both_languages() {
        for (text, expected) in [
            ("nani yuko leo?", Some(Topic::Today)),
            ("block Amina tomorrow afternoon", Some(Topic::Block)),
            ("bei ya kusuka iwe 2500", Some(Topic::UpdatePrice)),
            ("ghairi ya Wanjiku saa nne", Some(Topic::Cancel)),
            ("hamisha Grace kesho saa tisa", Some(Topic::Reschedule)),
            ("walk-in Amina braids 2500 cash", Some(Topic::WalkIn)),
            ("Wanjiku amelipa 1250 cash", Some(Topic::Paid)),
            ("nimehesabu 12,300", Some(Topic::CashUp)),
            ("ongeza huduma Masaji 1500 dakika 60", Some(Topic::AddService)),
            ("Grace hakuja leo", Some(Topic::NoShow)),
            ("Grace didn't come", Some(Topic::NoShow)),
            ("Grace alikuja", Some(Topic::Came)),
            ("asante", None),
        ] {
            assert_eq!(topic(text), expected, "{text}");
        }
    }

    #[test]
    fn names_and_numbers_are_what_is_left() {
        assert_eq!(names("ghairi ya Wanjiku kesho saa nne"), ["ghairi", "wanjiku"]);
        assert_eq!(digits("0712 345 678"), "712345678");
        assert_eq!(digits("nobody"), "");
    }
}
