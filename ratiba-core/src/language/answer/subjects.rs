//! The subjects that people ask every business about, and the words that mean or suggest them, in both languages.

/// How firmly a word stands for a subject, and for which share of a whole word it counts, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Strength {
    /// It is about this.
    Means(f64),
    /// It may be about this: helps to cover a question, never makes a snippet be about it.
    Suggests(f64),
}

/// A subject with the words that mean it and those that suggest it. `park*` is a beginning, `*egesh*` a root anywhere in the
/// word, as Swahili verbs need: *naegesha*, *tutaegesha*, *kuegesha*.
struct Subject {
    name: &'static str,
    means: &'static [&'static str],
    suggests: &'static [&'static str],
    /// Words that go with it now and then.
    hints: &'static [&'static str],
}

/// What a word counts that means its subject: a little less than the snippet's own word.
const MEANS: f64 = 0.95;
/// What a word counts that only suggests it.
const SUGGESTS: f64 = 0.65;
/// What a word counts that goes with it now and then.
const HINTS: f64 = 0.35;

const SUBJECTS: &[Subject] = &[
    Subject {
        name: "parking",
        means: &["*park*", "parking", "*egesh*", "maegesho", "*paki", "valet"],
        suggests: &[
            "car", "vehicle", "drive", "driv", "gari", "magari", "leave", "space", "weka",
            "nitaweka", "niweke",
        ],
        hints: &["where", "wapi", "mahali", "nearby", "pa", "nafasi"],
    },
    Subject {
        name: "location",
        means: &[
            "location",
            "located",
            "locat*",
            "direction*",
            "address",
            "map",
            "maps",
            "mahali",
            "pahali",
            "landmark",
            "ramani",
            "*patikan*",
            "find*",
        ],
        suggests: &[
            "where", "wapi", "build", "jengo", "floor", "ghorofa", "street", "road", "barabara",
            "mtaa", "sehemu", "stage", "matatu", "office", "ofisi", "shop", "duka", "place",
            "*fika", "*fike", "reach", "near", "karibu", "area", "upande", "pin", "nearby", "town",
            "tao",
        ],
        hints: &[],
    },
    Subject {
        name: "children",
        means: &[
            "child*", "kid", "kids", "son", "daughter", "baby", "babie", "baby*", "toddler",
            "mtoto", "watoto", "toto", "mwanangu", "mwanao", "binti", "boy", "girl", "minor",
            "babysit*",
        ],
        suggests: &[
            "year", "old", "age", "miaka", "umri", "young", "small", "mdogo", "wadogo", "bring",
        ],
        hints: &[],
    },
    Subject {
        name: "payment",
        means: &[
            "pay",
            "pai",
            "paid",
            "payment",
            "payable",
            "mpesa",
            "cash",
            "card",
            "visa",
            "mastercard",
            "till",
            "paybill",
            "deposit",
            "malipo",
            "*lipa",
            "*lipe",
            "*lipia",
            "*lipwa",
            "pesa",
            "taslimu",
            "keshi",
            "kadi",
            "advance",
        ],
        suggests: &[
            "money", "upfront", "half", "nusu", "asilimia", "prompt", "number", "method", "doh",
        ],
        hints: &[],
    },
    Subject {
        name: "insurance",
        means: &["insur*", "bima", "nhif", "sha", "shif", "jubilee", "britam", "aar", "cic"],
        suggests: &["cover", "medical"],
        hints: &[],
    },
    Subject {
        name: "cancelling",
        means: &[
            "*cancel*",
            "refund*",
            "*ghairi*",
            "*rudish*",
            "postpon*",
            "reschedul*",
            "*ahirish*",
            "sera",
        ],
        suggests: &[
            "policy", "change", "chang", "move", "mov", "*badili*", "penalty", "fee", "charge",
            "charg", "money", "back", "lose", "plan", "fine", "rule", "kanuni", "sheria", "pesa",
        ],
        hints: &[],
    },
    Subject {
        name: "late",
        means: &["late", "lateness", "delay*", "*chelew*"],
        suggests: &[
            "traffic", "jam", "stuck", "minute", "dakika", "grace", "behind", "wait", "hold",
            "keep",
        ],
        hints: &[],
    },
    Subject {
        name: "walkin",
        means: &["walkin*", "unannounced"],
        suggests: &[
            "appointment",
            "booking",
            "book*",
            "*book",
            "straight",
            "moja",
            "queue",
            "foleni",
            "walk",
        ],
        hints: &[],
    },
    Subject {
        name: "bring",
        means: &[
            "bring*",
            "carry",
            "carri*",
            "prepar*",
            "kubeba",
            "nibebe",
            "tubebe",
            "*beba",
            "*bebe",
            "kuleta",
            "nilete",
            "*leta",
            "*lete",
            "tulete",
            "nilet*",
            "maandalizi",
            "*andaa",
            "*andae",
            "*tayarish*",
        ],
        suggests: &[
            "nije",
            "wear",
            "id",
            "identity",
            "kitambulisho",
            "ready",
            "own",
            "document",
            "require*",
            "hitaji*",
            "*hitaji",
        ],
        hints: &[],
    },
    Subject {
        name: "wifi",
        means: &["wifi", "internet", "intaneti", "hotspot"],
        suggests: &["password", "network", "mtandao", "online", "laptop"],
        hints: &[],
    },
    Subject {
        name: "pain",
        means: &[
            "hurt*",
            "pain",
            "painful",
            "painless",
            "ach",
            "inauma",
            "itauma",
            "huuma",
            "inaumwa",
            "itaniuma",
            "kuuma",
            "maumivu",
            "uchungu",
            "ganzi",
            "anaesth*",
            "anesth*",
            "numb*",
            "injection",
            "sindano",
            "*ogop*",
        ],
        suggests: &["scared", "scar", "afraid", "nervous", "feel", "hisi", "sedat*"],
        hints: &[],
    },
    Subject {
        name: "access",
        means: &[
            "wheelchair",
            "disabl*",
            "accessib*",
            "ramp",
            "*lemavu",
            "lift",
            "lifti",
            "elevator",
        ],
        suggests: &["stair", "ngazi", "access", "step", "mguu", "crutch*"],
        hints: &[],
    },
    Subject {
        name: "lasting",
        means: &["last", "lasts", "*kaa", "hudumu", "*dumu"],
        suggests: &["long", "muda", "week", "wiki", "durab*", "month", "mwezi", "stay", "neat"],
        hints: &[],
    },
    Subject {
        name: "selling",
        means: &["sell", "sold", "buy", "*uza", "*nunua"],
        suggests: &["shop"],
        hints: &[],
    },
    Subject {
        name: "braids",
        means: &["braid*", "knotless", "cornrow*", "*suka", "*suke", "*sukwa", "rasta", "twist"],
        suggests: &["hair", "nywele", "style"],
        hints: &[],
    },
];

/// The subjects of a stem, each with the firmest reading.
pub(super) fn subjects_of(stem: &str) -> impl Iterator<Item = (&'static str, Strength)> {
    SUBJECTS.iter().filter_map(move |subject| {
        let fits = |patterns: &[&str]| patterns.iter().any(|pattern| matches(pattern, stem));
        if stem == subject.name || fits(subject.means) {
            Some((subject.name, Strength::Means(MEANS)))
        } else if fits(subject.suggests) {
            Some((subject.name, Strength::Suggests(SUGGESTS)))
        } else if fits(subject.hints) {
            Some((subject.name, Strength::Suggests(HINTS)))
        } else {
            None
        }
    })
}

/// `word`, `beginning*`, `*end`, `*inside*`.
fn matches(pattern: &str, word: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(inside), Some(_)) => word.contains(inside.trim_end_matches('*')),
        (Some(end), None) => word.ends_with(end),
        (None, Some(beginning)) => word.starts_with(beginning),
        (None, None) => word == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swahili_verbs_are_found_by_their_root() {
        for word in ["kuegesha", "naegesha", "tutaegesha", "maegesho", "kupaki"] {
            assert!(subjects_of(word).any(|s| s == ("parking", Strength::Means(MEANS))), "{word}");
        }
        assert!(subjects_of("gari").any(|s| s == ("parking", Strength::Suggests(SUGGESTS))));
        assert_eq!(subjects_of("tulipo").count(), 0, "a place is no payment");
    }
}
