//! Whether words say that something has been done: booked, paid, moved, cancelled or given back. Only the machine does these things and says so;
//! from a model they are a promise that nobody keeps.

/// Said of what is done, in front of what was done.
const DONE_EN: [&[&str]; 14] = [
    &["i", "have"],
    &["i've"],
    &["we", "have"],
    &["we've"],
    &["i", "just"],
    &["has", "been"],
    &["have", "been"],
    &["you", "are"],
    &["you're"],
    &["you", "have"],
    &["you've"],
    &["is", "now"],
    &["are", "now"],
    &["all"],
];

/// What may be said to be done.
const ACTS_EN: [&str; 18] = [
    "booked",
    "reserved",
    "confirmed",
    "scheduled",
    "secured",
    "paid",
    "received",
    "charged",
    "cancelled",
    "canceled",
    "refunded",
    "reversed",
    "returned",
    "moved",
    "rescheduled",
    "changed",
    "discounted",
    "waived",
];

/// Words that may stand between the two.
const BETWEEN: usize = 3;

/// How Swahili says that something is done: the subject with the perfect's `-me-`.
const DONE_SW: [&str; 9] = ["nime", "tume", "ume", "ame", "ime", "zime", "yame", "lime", "mme"];

/// The same roots in Swahili.
const ACTS_SW: [&str; 17] = [
    "book",
    "buku",
    "lip",
    "thibitish",
    "kubali",
    "pok",
    "ghairi",
    "futa",
    "futw",
    "hamish",
    "badili",
    "rudi",
    "rejesh",
    "kata",
    "katw",
    "panga",
    "weka",
];

/// True when an answer says that something has been done, unless what proves the answer says it in the same words.
pub(super) fn claims(answer: &str, proof: &str) -> bool {
    let (answer, proof) = (words(answer), words(proof));
    in_english(&answer, &proof) || in_swahili(&answer, &proof)
}

/// The same of a report about somebody: "she has paid", "they had already cancelled".
pub(super) fn reports(report: &str, proof: &str) -> bool {
    const DONE: [&str; 4] = ["has", "had", "have", "already"];
    let (said, known) = (words(report), words(proof));
    let done = said.iter().enumerate().filter(|(_, word)| DONE.contains(&word.as_str()));
    let acts = done.flat_map(|(at, _)| said.iter().skip(at + 1).take(BETWEEN));
    let unproven = |word: &String| ACTS_EN.contains(&word.as_str()) && !known.contains(word);
    acts.into_iter().any(unproven) || claims(report, proof)
}

fn in_english(answer: &[String], proof: &[String]) -> bool {
    (0..answer.len()).any(|at| {
        DONE_EN.iter().any(|done| {
            let rest = &answer[at..];
            if !starts_with(rest, done) {
                return false;
            }
            let within = rest.iter().skip(done.len()).take(BETWEEN + 1);
            let act = within.clone().position(|word| ACTS_EN.contains(&word.as_str()));
            act.is_some_and(|act| !contains(proof, &rest[..=done.len() + act]))
        })
    })
}

fn in_swahili(answer: &[String], proof: &[String]) -> bool {
    answer.iter().any(|word| {
        let act = DONE_SW.iter().find_map(|done| word.strip_prefix(done));
        act.is_some_and(|act| ACTS_SW.iter().any(|root| act.contains(root)))
            && !proof.contains(word)
    })
}

fn starts_with(words: &[String], start: &[&str]) -> bool {
    words.len() >= start.len() && words.iter().zip(start).all(|(word, wanted)| word == wanted)
}

fn contains(words: &[String], run: &[String]) -> bool {
    words.windows(run.len()).any(|window| window == run)
}

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_be_done_is_a_claim() {
        for answer in [
            "You're booked for tomorrow!",
            "You’re all booked, see you.",
            "I have already cancelled it for you.",
            "Your payment has been received.",
            "We've refunded your deposit.",
            "Your appointment is now confirmed.",
            "All booked!",
            "I just moved your appointment.",
            "Nimekubook kesho saa tisa.",
            "Malipo yamepokelewa, asante.",
            "Tumekurudishia pesa yako.",
            "Booking yako imethibitishwa.",
            "Nimeghairi miadi yako.",
            "Umelipa tayari.",
        ] {
            assert!(claims(answer, "Parking is free behind the building."), "{answer}");
        }
    }

    #[test]
    fn rules_and_offers_are_no_claims() {
        for answer in [
            "Deposits are refunded if you cancel a day before.",
            "You can pay by M-Pesa, and you will be refunded within two days.",
            "We have free parking behind the building.",
            "You have to pay the deposit first.",
            "All our towels are washed.",
            "Ukighairi siku moja kabla, pesa inarudishwa.",
            "Unaweza kulipa kwa M-Pesa au kadi.",
            "Tuko Moi Avenue, ghorofa ya pili.",
        ] {
            assert!(!claims(answer, ""), "{answer}");
        }
    }

    #[test]
    fn what_the_owner_has_written_may_be_said_in_the_same_words() {
        let proof =
            "Once the deposit has been paid the slot is yours. Ukishalipa, nafasi imethibitishwa.";
        assert!(!claims("Yes: once the deposit has been paid it is yours.", proof));
        assert!(!claims("Ndio, nafasi imethibitishwa ukilipa.", proof));
        assert!(claims("Your deposit has been refunded.", proof));
    }
}
