//! A text's words as terms to match: without case, accents, stop words and endings.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word's stem, or a subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Term(String);

impl Term {
    /// The term of a subject; the mark keeps it apart from words.
    pub(super) fn subject(name: &str) -> Self {
        Self(format!("#{name}"))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// Phrases whose words mean nothing alone, and what they stand for.
const PHRASES: &[(&str, &str)] = &[
    ("wi fi", "wifi"),
    ("m pesa", "mpesa"),
    ("walk ins", "walkin"),
    ("walk in", "walkin"),
    ("drop in", "walkin"),
    ("na nini", "bring"),
    ("cha kuja nacho", "bring"),
    ("kuja nacho", "bring"),
    ("with what", "bring"),
    ("get there", "location"),
    ("get to", "location"),
    ("find you", "location"),
    ("show up", "come"),
    ("no show", "cancel"),
    ("bila kubook", "walkin"),
    ("bila booking", "walkin"),
    ("bila appointment", "walkin"),
    ("bila miadi", "walkin"),
    ("without booking", "walkin"),
    ("without a booking", "walkin"),
    ("without an appointment", "walkin"),
    ("without appointment", "walkin"),
    ("need an appointment", "walkin"),
    ("need appointment", "walkin"),
    ("need to book", "walkin"),
    ("have to book", "walkin"),
    ("must i book", "walkin"),
    ("lazima nibook", "walkin"),
    ("lazima kubook", "walkin"),
    ("last minute", "cancel"),
];

/// Words that frame a question and say nothing of its subject.
const STOP: &[&str] = &[
    // English
    "after",
    "appointment",
    "before",
    "book",
    "bookings",
    "happen",
    "happens",
    "see",
    "send",
    "share",
    "im",
    "a",
    "about",
    "accept",
    "all",
    "allow",
    "allowed",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "ask",
    "at",
    "be",
    "been",
    "but",
    "by",
    "can",
    "come",
    "coming",
    "could",
    "did",
    "do",
    "does",
    "dont",
    "for",
    "from",
    "get",
    "give",
    "go",
    "going",
    "got",
    "guys",
    "had",
    "has",
    "have",
    "hello",
    "her",
    "here",
    "hey",
    "hi",
    "him",
    "his",
    "how",
    "i",
    "if",
    "im",
    "in",
    "is",
    "it",
    "its",
    "just",
    "kindly",
    "know",
    "let",
    "like",
    "madam",
    "make",
    "may",
    "me",
    "much",
    "must",
    "my",
    "need",
    "no",
    "not",
    "of",
    "ok",
    "okay",
    "on",
    "one",
    "or",
    "our",
    "please",
    "question",
    "shall",
    "should",
    "sir",
    "so",
    "some",
    "someone",
    "still",
    "take",
    "tell",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "those",
    "to",
    "up",
    "us",
    "use",
    "usually",
    "want",
    "was",
    "we",
    "what",
    "whats",
    "when",
    "which",
    "who",
    "will",
    "with",
    "would",
    "yes",
    "you",
    "your",
    "youre",
    // The place itself
    "barber",
    "barbershop",
    "clinic",
    "dentist",
    "kinyozi",
    "kliniki",
    "salon",
    "saluni",
    "spa",
    "studio",
    // Swahili
    "baada",
    "mnayo",
    "mpaka",
    "lini",
    "zenye",
    "wenye",
    "yenye",
    "ikawa",
    "kubook",
    "kidogo",
    "nibook",
    "nipe",
    "nitumie",
    "pako",
    "tuma",
    "nione",
    "naeza",
    "mnaeza",
    "niambie",
    "aje",
    "ama",
    "ana",
    "au",
    "bado",
    "basi",
    "cha",
    "gani",
    "habari",
    "hapa",
    "hapo",
    "hata",
    "hii",
    "hilo",
    "hiyo",
    "huko",
    "huo",
    "huwa",
    "hu",
    "iko",
    "ikiwa",
    "ile",
    "ili",
    "inaweza",
    "inawezekana",
    "ipo",
    "je",
    "juu",
    "kabla",
    "kama",
    "kila",
    "kuhusu",
    "kuja",
    "kuna",
    "kutoka",
    "kuwa",
    "kwa",
    "kwani",
    "kwenu",
    "kwenye",
    "la",
    "lakini",
    "mambo",
    "mimi",
    "mko",
    "mna",
    "mnakubali",
    "mnao",
    "mnapokea",
    "mnaruhusu",
    "mnaweza",
    "mtu",
    "na",
    "naomba",
    "naja",
    "nakuja",
    "nataka",
    "naweza",
    "nayo",
    "ndio",
    "ngapi",
    "ni",
    "niko",
    "nikija",
    "nikikuja",
    "nikiwa",
    "nina",
    "ningependa",
    "nini",
    "nitaka",
    "nyinyi",
    "ninaweza",
    "pia",
    "sana",
    "sasa",
    "sawa",
    "sisi",
    "tafadhali",
    "tena",
    "tu",
    "tuko",
    "tuna",
    "tunaweza",
    "una",
    "unaweza",
    "vipi",
    "wa",
    "wako",
    "wana",
    "wangu",
    "wanaweza",
    "wenu",
    "wewe",
    "ya",
    "yako",
    "yangu",
    "yenu",
    "yetu",
    "yule",
    "yupo",
    "za",
    "zangu",
    "zenu",
    "ziko",
    "zipo",
    "lazima",
    "nifanye",
    "nifanyeje",
    "ati",
    "eti",
    "mnauliza",
    "nauliza",
    "swali",
    "ndo",
    "ndiyo",
    "kuuliza",
    "lenu",
    "liko",
    "itakuwaje",
    "inakuwaje",
    "inakuaje",
    "itakuaje",
    "ukija",
];

/// The terms of a text, in order.
pub(super) fn terms(text: &str) -> Vec<Term> {
    let mut plain = String::with_capacity(text.len() + 2);
    plain.push(' ');
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            // "kung'oa" and "don't" are one word each.
            '\'' | '’' | '‘' | 'ʼ' => {}
            c if c.is_alphanumeric() => plain.push(c),
            _ if plain.ends_with(' ') => {}
            _ => plain.push(' '),
        }
    }
    plain.push(' ');
    for (phrase, word) in PHRASES {
        let phrase = format!(" {phrase} ");
        while let Some(at) = plain.find(&phrase) {
            plain.replace_range(at..at + phrase.len(), &format!(" {word} "));
        }
    }
    plain
        .split_whitespace()
        .filter(|word| word.chars().count() > 1 && !STOP.contains(word))
        .map(|word| Term(stem(word)))
        .collect()
}

/// A word without an English ending. Swahili changes its words at the front; its verbs are found by their roots, see `subjects`.
fn stem(word: &str) -> String {
    const ENDINGS: &[(&str, &str, usize)] =
        &[("ies", "y", 5), ("ing", "", 6), ("ed", "", 5), ("es", "e", 5), ("s", "", 4)];
    let ending = ENDINGS.iter().find(|(ending, _, min)| {
        word.len() >= *min && word.ends_with(ending) && !word.ends_with("ss")
    });
    match ending.and_then(|(ending, new, _)| Some((word.strip_suffix(ending)?, new))) {
        Some((stem, new)) => format!("{stem}{new}"),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        terms(text).into_iter().map(|term| term.0).collect()
    }

    #[test]
    fn what_frames_a_question_is_left_out() {
        assert_eq!(said("Do you have PARKING, please?"), ["park"]);
        assert_eq!(said("Je, kuna Wi-Fi hapo?"), ["wifi"]);
        assert_eq!(said("Mnapokea M-Pesa ama kadi?"), ["mpesa", "kadi"]);
        assert_eq!(said("kung'oa jino"), ["kungoa", "jino"]);
        assert_eq!(said("Nije na nini?"), ["nije", "bring"]);
        assert_eq!(said("?!… 😀"), Vec::<String>::new());
    }
}
