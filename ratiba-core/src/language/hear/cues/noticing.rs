//! What people say who want to be told when a time opens up. "Tell me whether there is one" is a question; "when there is one" is this.

use super::{Cue, For};
use For::Notice;

pub(super) const CUES: &[Cue] = &[Cue(
    Notice,
    1,
    &[
        "let|lemme|tell|notify|inform|alert|text|message|ping ?me ?know * when|once|whenever * available|free|opens|slot|space|opening|spot|vacancy|one",
        "let|lemme|tell|notify|inform|alert|text|message|ping ?me ?know * if|incase|when|once|whenever|case * opens|frees|cancels|cancellation|becomes|drops|opened",
        "if|incase|when|once|whenever|case * opens|frees|cancels|becomes|drops * let|lemme|tell|notify|inform|alert|text|message|ping",
        "waitlist|waitlisted|waitinglist",
        "wait|waiting list",
        "niambie|nijulishe|nijuze|nitext|nistue|nishtue|niarifu|nifahamishe|uniambie|mniambie|mnijulishe|unijulishe|mnistue|unistue|nipigie|nitumie|niambieni|nijulisheni|mnifahamishe|unifahamishe * ikipatikana|kukipatikana|ikitokea|kukitokea|zikipatikana|zikitokea|ikifunguka|kikipatikana|akicancel|wakicancel|akighairi|ikicancelliwa|akikosa|akitoka",
        "niambie|nijulishe|nijuze|nitext|nistue|nishtue|niarifu|uniambie|mniambie|mnijulishe|unijulishe|nipigie|niambieni * ikiwa|kukiwa|ikikuwa|kukikuwa|zikiwa * free|wazi|available|nafasi|slot|space",
        "ikipatikana|kukipatikana|ikitokea|kukitokea|zikipatikana|ikifunguka|akicancel|wakicancel|akighairi * niambie|nijulishe|nijuze|nitext|nistue|nishtue|niarifu|uniambie|mniambie|mnijulishe|unijulishe|nipigie|niambieni|nifahamishe",
        "orodha|list ya|ile|hiyo kusubiri|kungoja|wanaongoja|wanaosubiri",
    ],
)];
