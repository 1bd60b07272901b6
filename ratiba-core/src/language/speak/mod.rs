//! The speaker: turns what the machine wants said into a reply in English or Swahili, in the tenant's tone.
