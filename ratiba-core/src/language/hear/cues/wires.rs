//! What must not be handled by a machine alone: emergencies, threats, self-harm, insults, in both languages.

use crate::language::understanding::Tripwire;

/// Words for an emergency that are also the everyday reason for not coming ("nimepata dharura ya kazi, nifutie booking").
pub(super) const EMERGENCIES: &[&str] = &["emergency", "emergencies", "dharura"];

/// Each wire with the patterns that touch it, whatever the message is about.
pub(super) const TRIPS: &[(Tripwire, &[&str])] = &[
    (
        Tripwire::MedicalEmergency,
        &[
            "ambulance",
            "ambulensi",
            "cant|cannot|siwezi|hawezi|unable * breathe|kupumua|breath",
            "hapumui|hawezi-kupumua|sipumui",
            "bleeding * stop|heavily|lot|badly|uncontrollably|much|nonstop",
            "damu * haiachi|sana|haikomi|haisimami|nyingi|mingi|inatoka|haiishi|imekataa",
            "anavuja|navuja|natoka|anatoka|kuvuja damu",
            "unconscious|fainted|collapsed|unresponsive|amezimia|nimezimia|kuzimia|seizure|seizures|convulsing|kifafa|degedege",
            "heart attack|failure",
            "chest pain|pains",
            "stroke",
            "overdose|overdosed|poisoned|sumu",
            "swelling|swollen|imevimba|kuvimba|umevimba|uvimbe|amevimba * breathe|eye|throat|face|badly|fever|homa|uso|koo|jicho|sana",
            "anakufa|nakufa|dying",
            "accident|ajali",
            "allergic reaction",
            "severe|excruciating|unbearable pain|bleeding|reaction|swelling",
            "maumivu makali|sana",
        ],
    ),
    (
        Tripwire::Threat,
        &[
            "kill|shoot|stab|beat|hurt|harm|destroy|burn|slap|murder|attack you|u|him|her|them|your|everyone|all|ya",
            "nitakuua|nitawaua|nitakupiga|nitawapiga|nitakuchoma|nitawachoma|nitakumaliza|nitawamaliza|ntakuua|ntakupiga|tutawaua|tutawachoma|nitakuchinja|nitakuharibu|nitawafanyia|nitawachapa|nitakuchapa|ntawachapa|ntakuchapa|utakufa|mtakufa|nitakukata|tutakuua|nitakudunga",
            "nitaua|nitachoma|ntachoma|nitabomoa|nitapasua|nitavunja|tutachoma|tutavunja",
            "bomb|bomu|gun|bunduki",
            "know where you|u live|stay",
            "najua unaishi|mnaishi|unakaa|mnakaa|mahali",
            "burn|blow|bring down|your|the|up|it|this shop|salon|place|building|down|clinic",
            "you|u will|shall|gonna regret|die|suffer",
            "mtajuta|utajuta|mtaniona|utaniona|mtaona|utaona|mtanijua|utanijua",
        ],
    ),
    (
        Tripwire::SelfHarm,
        &[
            "kill|hurt|harm|hang|hurting|killing|harming myself",
            "suicide|suicidal|kujiua|nijiue|najiua|nitajiua|kujinyonga|nijinyonge|nitajinyonga|kujitoa-uhai|ntajiua|kujimaliza|nijimalize|kujidhuru|nijidhuru",
            "want|wanna|nataka|ready|better|wish|natamani ?to ?i ?was ?were die|kufa|dead|nife",
            "end|take my life|it-all",
            "end it all",
            "no reason|point|sina|sioni to|in|of|sababu|haja live|living|ya-kuishi|kuishi|ya",
            "maisha haina|hayana|yangu-haina maana",
            "dont|not|sitaki want|kuishi ?to ?tena live|tena|be-alive",
            "sitaki|staki|nimechoka kuishi|maisha|na-maisha",
            "nimechoka na maisha",
            "tired of living|life",
            "kunywa|drink|nikunywe sumu|poison",
        ],
    ),
    (
        Tripwire::Abuse,
        &[
            "idiot|idiots|stupid|fool|fools|moron|bitch|bastard|asshole|fuck|fucking|fucker|fuckers|dumb|bullshit|shit|cunt|whore|slut|nigga|mf|motherfucker|dumbass|imbecile|retard|crap",
            "mjinga|wajinga|pumbavu|mpumbavu|wapumbavu|malaya|shenzi|mshenzi|washenzi|mavi|kuma|kumamako|kumamayo|matako|takataka|fala|mafala|falah|mafi|ghasia|msenge|wasenge|meffi|mwizi|wezi",
            // Animals are insults only to somebody's face: "naweza kuja na mbwa wangu" is a question.
            "wewe|wee|nyinyi|ninyi|nyie|huyu|hawa ?ni ?kama mbwa|umbwa|mnyama|wanyama|punda|ngombe|nguruwe",
            "mbwa|umbwa|mnyama|wanyama|punda|ngombe|nguruwe wewe|wee|nyinyi|ninyi|nyie|koko|hii|hizi|kabisa",
            "you ?are ?a ?all dog|dogs|pig|pigs|donkey|donkeys",
            "shut up",
            "go to hell",
            "screw|damn you|u",
            "f off|u|you",
            "funga mdomo|domo",
            "nyamaza",
        ],
    ),
];
