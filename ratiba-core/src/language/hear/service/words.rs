//! Everyday words for what salons, barbers, clinics and their neighbours do, as labels that both languages share.

use std::sync::LazyLock;

use super::Weight;
use crate::language::hear::fuzzy::WordMap;

/// Words that a name may hold without saying anything.
pub(super) fn is_small(word: &str) -> bool {
    const SMALL: &[&str] = &[
        "a",
        "an",
        "the",
        "my",
        "of",
        "ya",
        "wa",
        "za",
        "la",
        "na",
        "and",
        "for",
        "with",
        "kwa",
        "on",
        "in",
        "to",
        "your",
        "cha",
        "per",
        "at",
        "kuweka",
        "kufanya",
        "kupata",
        "kufanyiwa",
    ];
    SMALL.contains(&word)
}

/// Labels, then the words that stand for them all together.
const WORDS: &[(&[&str], &str)] = &[
    (
        &["cut", "hair"],
        "haircut haircuts hairkat hairct haicut hircut fade fades taper mohawk lowcut lineup shapeup hairline",
    ),
    (
        &["cut"],
        "cut cuts cutting kukatwa nikatwe kukata katwa nikatwa nikate kunikata anikate kukatiwa",
    ),
    (&["trim"], "trim trims trimming trimmed"),
    (&["shave"], "shave shaves shaving shaved shev"),
    (&["beard"], "beard beards bread ndevu ndefu goatee mustache moustache sharubu masharubu"),
    (
        &["kid"],
        "kid kids kiddo child children childs son sons boy boys toddler baby mtoto watoto mwanangu kijana junior daughter mtoi watoi",
    ),
    (&["dye"], "dye dyeing dyed dying colour color colouring coloring tint tinting rangi bleach"),
    (&["hair"], "hair hairs nywele nyele nwele nywle"),
    (
        &["braid"],
        "braid braids braiding braided braidz plait plaits plaiting cornrow cornrows conrows knotless twist twists msuko misuko mistari matuta ususi rasta abuja locs dreads dreadlocks",
    ),
    (&["wash"], "wash washing washed shampoo"),
    (&["dry"], "blowdry blowdrying blowdried blowout dry drying blow"),
    (&["weave"], "weave weaves weaving wig wigs weev"),
    (
        &["treat"],
        "treatment treatments treating treat steaming steam conditioning conditioner matibabu tritment",
    ),
    (&["mani"], "manicure manicures mani manicue manicur"),
    (&["pedi"], "pedicure pedicures pedi pedicur"),
    (&["nail"], "nail nails kucha ukucha"),
    (&["foot"], "foot feet toe toes miguu mguu"),
    (&["hand"], "hand hands mikono mkono"),
    (&["tooth"], "tooth teeth jino meno mino teeths"),
    (&["clean"], "clean cleaning cleaned cleanup scaling polish polishing"),
    (&["fill"], "fill filling fillings filled cavity cavities"),
    (&["extract"], "extraction extractions extract extracted uproot uprooted"),
    (
        &["remove"],
        "remove removed removal removing pull pulled pulling toa kutoa tolewa kutolewa itolewe litolewe nitolewe kuondoa ondoa ondolewa kuondolewa niondolewe nitoe unitoe anitoe mnitoe litolewe yatolewe",
    ),
    (&["whiten"], "whitening whiten whitened whiter bleaching meupe"),
    (
        &["consult"],
        "consultation consultations consult consultancy ushauri uchunguzi checkup checkups examination",
    ),
    (&["massage"], "massage massages masaji masaj"),
    (&["facial"], "facial facials uso"),
    (&["wax"], "wax waxing waxed"),
    (&["makeup"], "makeup vipodozi"),
    (&["lash"], "lash lashes eyelash eyelashes kope"),
    (&["brow"], "brow brows eyebrow eyebrows nyusi"),
    (&["scrub"], "scrub scrubs exfoliation"),
    (&["lesson"], "lesson lessons tuition tutoring class classes somo masomo"),
    (&["gym"], "gym workout training"),
    (&["men"], "men mens man gents gentlemen wanaume mwanaume"),
    (&["women"], "women womens ladies lady wanawake mwanamke"),
    (
        &["ache"],
        "ache aches aching toothache pain pains painful paining hurts hurting maumivu uchungu inauma linauma linaniuma inaniuma yananiuma yanauma limeuma kuuma anaumwa naumwa",
    ),
];

/// Stems of verbs, and their label.
const STEMS: &[(&str, &str)] = &[
    ("nyo", "cut"),
    ("punguz", "cut"),
    ("suk", "braid"),
    ("shuk", "braid"),
    ("osh", "wash"),
    ("kaush", "dry"),
    ("safish", "clean"),
    ("zib", "fill"),
    ("jaz", "fill"),
    ("ngo", "extract"),
    ("ngarish", "whiten"),
    ("tib", "treat"),
    ("kand", "massage"),
    ("trim", "trim"),
    ("shave", "shave"),
    ("shav", "shave"),
    ("dye", "dye"),
    ("braid", "braid"),
    ("wash", "wash"),
    ("clean", "clean"),
    ("cut", "cut"),
    ("fund", "lesson"),
];

/// Where a service's name needs only the label, these words name it too.
pub(super) const OTHER_WAYS: &[(&str, &[&str])] = &[
    ("extract", &["remove", "tooth"]),
    ("clean", &["wash", "tooth"]),
    ("whiten", &["clean", "whiten"]),
    ("consult", &["ache", "tooth"]),
    ("mani", &["nail", "hand"]),
    ("pedi", &["nail", "foot"]),
];

static INDEX: LazyLock<WordMap<&'static str, &'static [&'static str]>> = LazyLock::new(|| {
    let mut index = WordMap::default();
    for (labels, words) in WORDS {
        for word in words.split_ascii_whitespace() {
            index.insert(word, *labels);
        }
    }
    index
});

/// The labels of a word or an inflected verb of ours; none for a word that only the tenant has.
pub(super) fn labels_of(word: &str) -> Vec<&'static str> {
    if let Some(labels) = INDEX.get(word) {
        return labels.to_vec();
    }
    let stem = |s: &str| STEMS.iter().find(|(stem, _)| *stem == s).map(|(_, label)| *label);
    super::verbs::around(word, stem).map(|(label, _)| label).into_iter().collect()
}

/// Words above that are Swahili; all others are English.
const SWAHILI: &str = "ndevu ndefu sharubu masharubu mtoto watoto mwanangu kijana mtoi watoi rangi nywele nyele nwele nywle msuko misuko \
    mistari matuta ususi matibabu kucha ukucha miguu mguu mikono mkono jino meno mino toa kutoa tolewa kutolewa itolewe litolewe \
    nitolewe ushauri uchunguzi masaji uso vipodozi kope nyusi somo masomo wanaume mwanaume wanawake mwanamke meupe";

/// The language of an everyday word: Swahili above zero, English below, zero for a word that is not ours.
pub(super) fn leaning(word: &str) -> i32 {
    if !INDEX.contains_key(word) {
        return 0;
    }
    if SWAHILI.split_ascii_whitespace().any(|w| w == word) { 1 } else { -1 }
}

/// Every word with its labels.
pub(super) fn all_words() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    WORDS.iter().flat_map(|(labels, words)| words.split_ascii_whitespace().map(|w| (w, *labels)))
}

/// Every stem with its label.
pub(super) fn all_stems() -> impl Iterator<Item = (&'static str, &'static str)> {
    STEMS.iter().copied()
}

/// How much a label says by itself.
pub(super) fn weight_of(label: &str) -> Weight {
    const PLACES: &[&str] = &[
        "hair", "tooth", "nail", "hand", "foot", "face", "body", "skin", "mwili", "ngozi", "dental",
    ];
    const MODIFIERS: &[&str] = &[
        "kid",
        "men",
        "women",
        "full",
        "half",
        "express",
        "deluxe",
        "luxury",
        "classic",
        "basic",
        "premium",
        "mini",
        "up",
        "long",
        "short",
        "remove",
        "pull",
        "out",
        "check",
        "on",
        "daktari",
        "white",
        "hot",
        "line",
        "shape",
        "package",
        "limetoboka",
        "ache",
        "toothache",
    ];
    if PLACES.contains(&label) {
        Weight::Place
    } else if MODIFIERS.contains(&label) {
        Weight::Modifier
    } else {
        Weight::Core
    }
}
